//! By which rules applications are judged.

use crate::{args::QualificationRules, failure::Failure, outcome::Outcome, view::Language};
use lifecycle::{
    proceeding::qualification::{ApplicantKind, RuleSets, Terms},
    rules::{Requirement, Sourced},
    words::{self, Named},
};
use serde_json::{Value, json};
use std::fmt::Write;

/// A value with what it rests on.
struct Row {
    name: &'static str,
    said: String,
    value: String,
    basis: Vec<String>,
    assumed: Option<String>,
}

pub(super) fn shown(of: &QualificationRules) -> Result<Outcome, Failure> {
    let rules = RuleSets::shipped();
    let wanted = |set: &&Terms| of.name.as_ref().is_none_or(|name| *name == set.name);
    let sets: Vec<_> = rules.iter().filter(wanted).collect();
    if let (Some(name), true) = (&of.name, sets.is_empty()) {
        let reason = format!("there are no rules {name:?} of a qualification");
        return Err(Failure::Refused(reason.into()));
    }
    let (mut text, mut objects) = (String::new(), Vec::new());
    for set in sets {
        let _ = writeln!(text, "{}: {}", set.name, set.source);
        let rows = rows(set, of.lang);
        for row in &rows {
            let _ = write!(text, "  {}: {}", row.said, row.value);
            if !row.basis.is_empty() {
                let _ = write!(text, " ({})", row.basis.join(", "));
            }
            let assumed = of.lang.say("assumed", "推定");
            match &row.assumed {
                Some(why) => {
                    let _ = writeln!(text, " [{assumed}: {why}]");
                }
                None => text.push('\n'),
            }
        }
        objects.push(json!({
            "rules": set.name,
            "source": set.source,
            "values": rows.iter().map(object).collect::<Vec<_>>(),
        }));
    }
    Ok(Outcome::new(text, json!({ "sets": objects })))
}

fn object(row: &Row) -> Value {
    json!({
        "name": row.name,
        "value": row.value,
        "basis": row.basis,
        "assumed": row.assumed,
    })
}

fn names(basis: &[Requirement]) -> Vec<String> {
    basis.iter().map(ToString::to_string).collect()
}

fn rows(set: &Terms, lang: Language) -> Vec<Row> {
    let mut rows = Rows {
        lang,
        rows: Vec::new(),
    };
    rows.of("from", "from", "起始日", &set.from);
    rows.of(
        "project-code",
        "project code",
        "项目编码",
        &set.project_code,
    );
    rows.of("fee-fen", "fee in fen", "收费（分）", &set.fee_fen);
    rows.of(
        "quota",
        "how many; 0: any number",
        "审批数量（0为无限制）",
        &set.quota,
    );
    rows.list("routes", "taken in by", "受理机构", &set.routes);
    rows.of(
        "receipt-days",
        "working days for recording a receipt",
        "收件登记工作日",
        &set.receipt_days,
    );
    rows.of(
        "acceptance-days",
        "working days for the acceptance",
        "受理审查工作日",
        &set.acceptance_days,
    );
    rows.of(
        "correction-restarts",
        "a correction begins them anew",
        "补正后重新计算",
        &set.correction_restarts,
    );
    rows.of(
        "forwarding-days",
        "working days for sending it on",
        "报送工作日",
        &set.forwarding_days,
    );
    rows.of(
        "decision-days",
        "working days for the decision",
        "审批工作日",
        &set.decision_days,
    );
    rows.of(
        "excludes-assessment",
        "without the time of assessors",
        "不含专家评估时间",
        &set.excludes_assessment,
    );
    rows.of(
        "excludes-hearing",
        "without the time of a hearing",
        "不含听证时间",
        &set.excludes_hearing,
    );
    rows.of(
        "delivery-days",
        "working days for handing it over",
        "送达工作日",
        &set.delivery_days,
    );
    rows.of(
        "listing-days",
        "days for the directory to follow",
        "列入或移出目录天数",
        &set.listing_days,
    );
    rows.of(
        "query-days",
        "working days until anybody may ask",
        "公开查询起始工作日",
        &set.query_days,
    );
    rows.of(
        "change-days",
        "working days for another name",
        "名称变更工作日",
        &set.change_days,
    );
    rows.of(
        "renovation-days",
        "working days for a renovation",
        "技术改造审查工作日",
        &set.renovation_days,
    );
    if let Some(years) = &set.validity_years {
        rows.of(
            "validity-years",
            "years that it holds",
            "有效期（年）",
            years,
        );
    }
    if let Some(days) = &set.renewal_opens_days {
        rows.of(
            "renewal-opens-days",
            "days before its end from which on more is asked for",
            "届满前可申请延续天数",
            days,
        );
    }
    if let Some(days) = &set.renewal_days {
        rows.of(
            "renewal-days",
            "days before its end for asking for more",
            "届满前申请延续天数",
            days,
        );
    }
    rows.of(
        "decision-title",
        "title of the decision",
        "决定文件名称",
        &set.decision_title,
    );
    rows.list("conditions", "conditions", "条件", &set.conditions);
    for one in &set.materials {
        let form = match (one.original, lang) {
            (true, Language::En) => "original",
            (true, Language::Zh) => "原件",
            (false, Language::En) => "copy",
            (false, Language::Zh) => "复印件",
        };
        let said = match lang {
            Language::En => &one.en,
            Language::Zh => &one.zh,
        };
        let value = format!("{said}, {form}{}", rows.only(one.only_for));
        rows.push("material", one.name.clone(), value, names(&one.basis), None);
    }
    for one in &set.assessments {
        let said = words::name(lang.of_cases(), one.name);
        let value = format!("{said}{}", rows.only(one.only_for));
        rows.push(
            "assessment",
            one.name.to_string(),
            value,
            names(&one.basis),
            None,
        );
    }
    rows.rows
}

struct Rows {
    lang: Language,
    rows: Vec<Row>,
}

impl Rows {
    fn of<T: ToString>(
        &mut self,
        name: &'static str,
        en: &'static str,
        zh: &'static str,
        value: &Sourced<T>,
    ) {
        let said = self.lang.say(en, zh).to_owned();
        let told = value.value.to_string();
        self.push(name, said, told, names(&value.basis), value.assumed.clone());
    }

    fn list<T: Named>(
        &mut self,
        name: &'static str,
        en: &'static str,
        zh: &'static str,
        value: &Sourced<Vec<T>>,
    ) {
        let lang = self.lang.of_cases();
        let all = value.value.iter().map(|one| words::name(lang, *one));
        let told = all.collect::<Vec<_>>().join(self.lang.say(", ", "、"));
        let said = self.lang.say(en, zh).to_owned();
        self.push(name, said, told, names(&value.basis), value.assumed.clone());
    }

    fn only(&self, kind: Option<ApplicantKind>) -> String {
        match kind {
            None => String::new(),
            Some(kind) => {
                let only = self.lang.say("only", "限");
                format!(", {only} {}", words::name(self.lang.of_cases(), kind))
            }
        }
    }

    fn push(
        &mut self,
        name: &'static str,
        said: String,
        value: String,
        basis: Vec<String>,
        assumed: Option<String>,
    ) {
        self.rows.push(Row {
            name,
            said,
            value,
            basis,
            assumed,
        });
    }
}

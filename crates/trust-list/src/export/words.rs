//! The words of the page, in three languages.

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Language {
    /// `zh-Hans`.
    SimplifiedChinese,
    /// `zh-Hant`.
    TraditionalChinese,
    /// `en`.
    English,
}

impl Language {
    /// Its tag (RFC 5646).
    pub fn tag(self) -> &'static str {
        self.pick(["zh-Hans", "zh-Hant", "en"])
    }

    /// The language of a tag; none for another than the three.
    pub fn of_tag(tag: &str) -> Option<Self> {
        [
            Self::SimplifiedChinese,
            Self::TraditionalChinese,
            Self::English,
        ]
        .into_iter()
        .find(|language| language.tag() == tag)
    }

    pub(super) fn pick<T: Copy>(self, words: [T; 3]) -> T {
        match self {
            Self::SimplifiedChinese => words[0],
            Self::TraditionalChinese => words[1],
            Self::English => words[2],
        }
    }
}

pub(super) type Words = [&'static str; 3];

pub(super) const TITLE: Words = [
    "电子签名证书互认信任列表",
    "電子簽名證書互認信任列表",
    "Trust List for Mutual Recognition of Electronic Signature Certificates",
];
pub(super) const SEQUENCE: Words = ["列表编号", "列表編號", "List number"];
pub(super) const ISSUED: Words = ["发布时间", "發布時間", "Date of issue"];
pub(super) const NEXT_UPDATE: Words = ["下次更新不迟于", "下次更新不遲於", "Next update by"];
pub(super) const CLASS: Words = ["证书类别", "證書類別", "Certificate class"];
pub(super) const CA: Words = [
    "电子认证服务机构",
    "電子認證服務機構",
    "Certification authority",
];
pub(super) const JURISDICTION: Words = ["所属地区", "所屬地區", "Jurisdiction"];
pub(super) const LICENCE: Words = ["许可证号", "許可證號", "Licence number"];
pub(super) const CONDITIONS: Words = [
    "甲、互认条件（须同时满足下列五项）",
    "甲、互認條件（須同時符合下列五項）",
    "A. Conditions of recognition (all five must be met)",
];
pub(super) const VALIDITY: Words = ["有效期间", "有效期間", "Validity period"];
pub(super) const ROOT: Words = ["根证书", "根證書", "Root certificate"];
pub(super) const ISSUER: Words = ["签发证书", "簽發證書", "Signing certificate"];
pub(super) const TYPE_NAME: Words = [
    "证书中的证书类型名称",
    "證書內的證書類型名稱",
    "Certificate type named in the certificate",
];
pub(super) const POLICY: Words = [
    "证书策略对象标识符",
    "證書政策物件識別碼",
    "Certificate policy object identifier",
];
pub(super) const LOOSE: Words = [
    "比较时可不计末 {} 段",
    "比對時可不計最後 {} 段",
    "the last {} arcs need not be compared",
];
pub(super) const ANY: Words = ["不限", "不限", "any"];
pub(super) const DETAILS: Words = [
    "乙、联络与服务网址",
    "乙、聯絡及服務網址",
    "B. Contact and service addresses",
];
pub(super) const ADDRESS: Words = ["地址", "地址", "Address"];
pub(super) const CONTACT: Words = ["联络方式", "聯絡方式", "Contact"];
pub(super) const INFORMATION: Words = ["资料网页", "資料網頁", "Information"];
pub(super) const CRL: Words = [
    "证书撤销列表",
    "證書撤銷清單",
    "Certificate revocation list",
];
pub(super) const OCSP: Words = [
    "在线证书状态查询",
    "線上證書狀態查詢",
    "Online certificate status",
];
pub(super) const CPS: Words = [
    "电子认证业务规则",
    "核證作業準則",
    "Certification practice statement",
];
pub(super) const REPOSITORY: Words = ["证书库", "證書儲存庫", "Repository"];
pub(super) const CARRIER: Words = ["密钥载体", "密碼匙載體", "Carrier of the key"];
pub(super) const HARD: Words = ["硬件介质", "硬件媒體", "hardware token"];
pub(super) const SOFT: Words = ["文件", "檔案", "file"];
pub(super) const USAGE: Words = ["适用范围", "適用範圍", "Recognised for"];
pub(super) const CROSS_BORDER: Words = [
    "跨境电子交易",
    "跨境電子交易",
    "cross-border electronic transactions",
];
pub(super) const BASIS: Words = ["法律依据", "法律依據", "Legal basis"];
pub(super) const RECORD: Words = ["丙、修订记录", "丙、修訂記錄", "C. Record of amendments"];
pub(super) const FROM: Words = ["生效时间", "生效時間", "Effective from"];
pub(super) const STATUS: Words = ["状态", "狀態", "Status"];
pub(super) const CAUSE: Words = ["事由", "事由", "Cause"];
pub(super) const DECISION: Words = ["决定", "決定", "Decision"];
pub(super) const RECOGNISED: Words = ["互认有效", "互認有效", "Recognised"];
pub(super) const SUSPENDED: Words = ["暂停", "暫停", "Suspended"];
pub(super) const TERMINATED: Words = ["终止", "終止", "Terminated"];
pub(super) const CAUSE_DECISION: Words =
    ["主管部门决定", "主管機關決定", "decision of the authority"];
pub(super) const CAUSE_REQUEST: Words = ["机构申请", "機構申請", "request of the authority listed"];
pub(super) const CAUSE_BREACH: Words = ["违规且未改正", "違規且未改正", "breach not corrected"];
pub(super) const CAUSE_CESSATION: Words = ["终止服务", "終止服務", "cessation of service"];
pub(super) const CAUSE_MIS_ISSUANCE: Words =
    ["违法违规签发证书", "違法違規簽發證書", "mis-issuance"];
pub(super) const CAUSE_COMPROMISE: Words = ["密钥泄露", "密碼匙外洩", "compromise of a key"];
pub(super) const FURTHER_NOTICE: Words = ["直至另行公告", "直至另行通知", "until further notice"];
pub(super) const TO: Words = ["至", "至", "to"];
pub(super) const NOT_NOW: Words = ["目前不予互认", "現時不獲互認", "not recognised at present"];
pub(super) const MIRRORS: Words = [
    "对方信任列表（原样转载）",
    "對方信任列表（原文轉載）",
    "Trust lists of the other party, republished unchanged",
];
pub(super) const NOTICES: Words = ["注意事项", "注意事項", "Notices"];
pub(super) const EMPTY: Words = [
    "列表中没有证书类别。",
    "列表內沒有證書類別。",
    "The list has no certificate class.",
];
pub(super) const UNSIGNED: Words = [
    "本页供人阅读，未经签名。以经签名的列表文件为准，其 SM3 摘要为：",
    "本頁供人閱讀，未經簽署。以經簽署的列表檔案為準，其 SM3 摘要為：",
    "This page is for reading and is not signed. The signed list counts; its SM3 digest is:",
];
pub(super) const FINGERPRINT: Words = ["SM3 摘要", "SM3 摘要", "SM3 digest"];

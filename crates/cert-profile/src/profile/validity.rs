//! When a certificate ends.

use super::{BeyondIssuer, Profile, ValidityConfig, YearsConfig, refuse};
use crate::{CertRequest, Error, Issuer, Objection, Rejection};
use der::DateTime;

const FIELD: &str = "validity";
const CLAUSE: &str = "RFC 5280, 4.1.2.5";
/// A bound of this crate: no key is trusted longer.
const MAX_YEARS: u16 = 100;
const MAX_DAYS: u32 = 36_525;

/// What a profile says about validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    length: Length,
    beyond_issuer: BeyondIssuer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    Fixed(Period),
    /// Years of which requests choose, both ends included.
    Chosen {
        from: u16,
        to: u16,
    },
}

/// A length of time that is not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Period {
    Years(u16),
    Days(u32),
}

/// The validity that a request gets: what a registration and the applicant's form show
/// before anything is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    begin: DateTime,
    end: DateTime,
    asked: DateTime,
}

impl Granted {
    /// The first moment, in whole seconds: that of issuance.
    pub fn begin(&self) -> DateTime {
        self.begin
    }

    /// The last moment, in whole seconds.
    pub fn end(&self) -> DateTime {
        self.end
    }

    /// The end that profile and request would have given, when the issuer's own end came
    /// before it and the profile says `beyond_issuer = "clamp"`.
    pub fn shortened_from(&self) -> Option<DateTime> {
        (self.asked != self.end).then_some(self.asked)
    }
}

impl Profile {
    /// The validity that `request` would get if it were issued at `now`: what
    /// [`Profile::prepare`] writes. Nothing else of the request is looked at.
    ///
    /// # Errors
    /// A [`Rejection`] with the one [`Objection`] that stands against it: years not chosen
    /// or not to be chosen, an end that is past, after the year 9999 or after the issuer's,
    /// an issuer that is not valid.
    pub fn validity(
        &self,
        issuer: &Issuer,
        request: &CertRequest,
        now: DateTime,
    ) -> Result<Granted, Rejection> {
        self.grant(issuer, request, now)
            .map_err(|objection| Rejection::new(&self.name, vec![objection]))
    }

    pub(crate) fn grant(
        &self,
        issuer: &Issuer,
        request: &CertRequest,
        now: DateTime,
    ) -> Result<Granted, Objection> {
        let asked = self.term.end(request, now)?;
        if asked <= now {
            return Err(Objection::EndsBeforeBegin { not_after: asked });
        }
        let mut end = asked;
        if let Some(validity) = issuer.validity() {
            let begin = validity.not_before.to_date_time();
            let limit = validity.not_after.to_date_time();
            if now < begin || limit < now {
                return Err(Objection::IssuerNotValid {
                    not_before: begin,
                    not_after: limit,
                });
            }
            if limit < asked {
                if self.term.beyond_issuer == BeyondIssuer::Refuse {
                    return Err(Objection::PastIssuer {
                        not_after: asked,
                        limit,
                    });
                }
                if limit <= now {
                    return Err(Objection::EndsBeforeBegin { not_after: limit });
                }
                end = limit;
            }
        }
        Ok(Granted {
            begin: now,
            end,
            asked,
        })
    }
}

impl Term {
    pub(crate) fn new(config: &ValidityConfig, signs_itself: bool) -> Result<Self, Error> {
        let length = match (config.years, config.days) {
            (Some(YearsConfig::Fixed(0)), None) | (None, Some(0)) => {
                return refuse(FIELD, "is longer than nothing", CLAUSE);
            }
            (Some(YearsConfig::Fixed(years)), None) if years > MAX_YEARS => {
                return refuse("validity.years", "is at most 100 years", CLAUSE);
            }
            (None, Some(days)) if days > MAX_DAYS => {
                return refuse("validity.days", "is at most 36525 days, 100 years", CLAUSE);
            }
            (Some(YearsConfig::Fixed(years)), None) => Length::Fixed(Period::Years(years)),
            (None, Some(days)) => Length::Fixed(Period::Days(days)),
            (Some(YearsConfig::Chosen(range)), None) => {
                if range.from == 0 {
                    return refuse("validity.years", "is longer than nothing", CLAUSE);
                }
                if range.from >= range.to {
                    return refuse(
                        "validity.years",
                        "leaves a choice: `from` is less than `to`",
                        CLAUSE,
                    );
                }
                if range.to > MAX_YEARS {
                    return refuse("validity.years", "is at most 100 years", CLAUSE);
                }
                Length::Chosen {
                    from: range.from,
                    to: range.to,
                }
            }
            _ => {
                return refuse(FIELD, "is given in years or in days, one of them", CLAUSE);
            }
        };
        if signs_itself && config.beyond_issuer == BeyondIssuer::Clamp {
            return refuse(
                "validity.beyond_issuer",
                "a root has no issuer that could end earlier",
                "RFC 5280, 3.2",
            );
        }
        Ok(Self {
            length,
            beyond_issuer: config.beyond_issuer,
        })
    }

    /// The end that the profile and the request agree on.
    fn end(&self, request: &CertRequest, now: DateTime) -> Result<DateTime, Objection> {
        let asked = request.chosen_years();
        if let (Some(end), None) = (request.remainder(), asked) {
            let longest = self.longest().end(now).ok_or(Objection::EndsTooLate)?;
            return Ok(end.min(longest));
        }
        let period = match (self.length, asked) {
            (Length::Fixed(period), None) => period,
            (Length::Fixed(period @ Period::Years(years)), Some(asked)) if years == asked => period,
            (Length::Fixed(Period::Years(years)), Some(asked)) => {
                return Err(Objection::YearsOutside {
                    asked,
                    from: years,
                    to: years,
                });
            }
            (Length::Fixed(Period::Days(_)), Some(asked)) => {
                return Err(Objection::YearsNotChosen { asked });
            }
            (Length::Chosen { from, to }, None) => {
                return Err(Objection::YearsMissing { from, to });
            }
            (Length::Chosen { from, to }, Some(asked)) => {
                if !(from..=to).contains(&asked) {
                    return Err(Objection::YearsOutside { asked, from, to });
                }
                Period::Years(asked)
            }
        };
        let end = period.end(now).ok_or(Objection::EndsTooLate)?;
        match (request.latest_end(), self.length) {
            (Some(latest), Length::Chosen { .. }) if latest < end => {
                Err(Objection::YearsNotWhole { not_after: latest })
            }
            (Some(latest), Length::Fixed(_)) => Ok(latest.min(end)),
            _ => Ok(end),
        }
    }

    /// Whether a certificate with these ends may follow the profile, whoever asked for it.
    /// Shorter ones may: of a request for less, of an issuer that ends sooner, and, where whole
    /// years are chosen, of what was left of an earlier certificate's time.
    pub(crate) fn admits(&self, begin: DateTime, end: DateTime) -> bool {
        self.longest().end(begin).is_some_and(|last| end <= last)
    }

    fn longest(&self) -> Period {
        match self.length {
            Length::Fixed(period) => period,
            Length::Chosen { to, .. } => Period::Years(to),
        }
    }
}

impl Period {
    /// The moment this long after `begin`; none after the year 9999.
    pub(crate) fn end(self, begin: DateTime) -> Option<DateTime> {
        match self {
            Self::Years(years) => {
                let year = begin.year().checked_add(years)?;
                let on = |day| {
                    let (hour, minutes) = (begin.hour(), begin.minutes());
                    DateTime::new(year, begin.month(), day, hour, minutes, begin.seconds()).ok()
                };
                // No other month changes its length from year to year.
                match (begin.month(), begin.day()) {
                    (2, 29) => on(29).or_else(|| on(28)),
                    (_, day) => on(day),
                }
            }
            Self::Days(days) => {
                let length = core::time::Duration::from_secs(u64::from(days) * 86_400);
                DateTime::from_unix_duration(begin.unix_duration() + length).ok()
            }
        }
    }
}

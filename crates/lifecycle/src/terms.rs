//! The field's closed lists: kinds of business, ways to handle it, seats, checks, evidence.
//!
//! Each word is written in kebab case, in rule sets, records and texts alike.

/// An enumeration whose members are words.
macro_rules! terms {
    ($($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$member_doc])* #[serde(rename = $word)] $member,)*
        }

        impl $name {
            /// All of them, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$member),*];

            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$member => $word,)*
                }
            }

            /// What the word stands for.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}
pub(crate) use terms;

terms! {
    /// What a case is about (S0-13).
    Kind {
        /// A first certificate (申请).
        Apply = "apply",
        /// A new one before the old one ends (更新).
        Renew = "renew",
        /// Out of use for a while (冻结).
        Freeze = "freeze",
        /// Back into use (解冻).
        Unfreeze = "unfreeze",
        /// A new one for a token that is lost or damaged (补办).
        Reissue = "reissue",
        /// Out of use for good (作废).
        Revoke = "revoke",
    }

    /// How a case is handled (S0-06).
    Mode {
        /// At a counter (临柜).
        Counter = "counter",
        /// Before a witness who comes to the customer (见证).
        Witness = "witness",
        /// Otherwise, without meeting (其它).
        Other = "other",
    }

    /// Who brings cases of an organisation (S1-02).
    Model {
        /// Its handling agent, for all (集中办理).
        Centralised = "centralised",
        /// Each applicant for himself (自主办理).
        SelfService = "self-service",
    }

    /// A seat at the table (1.1, 1.2).
    Seat {
        /// Asks for the certificate.
        Applicant = "applicant",
        /// Handles it for the organisation (经办人).
        Agent = "agent",
        /// Gives the organisation's agent his authority (审批人).
        OrganisationApprover = "organisation-approver",
        /// Receives, numbers, verifies and books a case (RA注册管理员).
        Registrar = "registrar",
        /// Reviews a second time, issues and hands over (RA审批管理员).
        Approver = "approver",
        /// Meets the customer elsewhere (见证人员).
        Witness = "witness",
        /// Handles a case in other modes (业务经办人员).
        Handler = "handler",
        /// Checks what the handler did (复核人员).
        Checker = "checker",
        /// Tells PINs.
        PinCustodian = "pin-custodian",
        /// Looks after money.
        Cashier = "cashier",
        /// Keeps rosters, organisations and tokens.
        Clerk = "clerk",
        /// Looks at everything and changes nothing.
        Auditor = "auditor",
        /// A court, or an authority with a right to order.
        Official = "official",
        /// Runs the operator's own keys.
        KeyOfficer = "key-officer",
        /// Takes applications of institutions in for an authority (受理人员; S3-06).
        Intake = "intake",
        /// Assesses an institution for an authority (评审专家; S3-08).
        Assessor = "assessor",
        /// The engine itself: timers, devices, ports.
        System = "system",
    }

    /// Where the subscriber's key lies.
    Carrier {
        /// In a token (硬证书).
        Hard = "hard",
        /// In a file (软证书).
        Soft = "soft",
    }

    /// What a certificate names.
    SubjectKind {
        /// A natural person (自然人).
        Person = "person",
        /// An organisation (机构).
        Organisation = "organisation",
        /// A person as a member of an organisation (机构个人).
        Member = "member",
    }

    /// What must be sure before a case goes on: the check ledger's rows (SM-A).
    Check {
        /// The agreements were consented to.
        Consent = "consent",
        /// The form is complete and well-formed.
        Form = "form",
        /// The documents are there.
        Documents = "documents",
        /// The agent is who he says.
        IdentityAgent = "identity-agent",
        /// The holder is who he says.
        IdentityHolder = "identity-holder",
        /// The holder really wants it (申请证书的真实性), or whoever orders it really ordered it.
        Genuineness = "genuineness",
        /// The organisation allows it: agent authorised, applicant on its list.
        Authorisation = "authorisation",
        /// A witness was present.
        Witness = "witness",
        /// There was a session of sound and picture both ways.
        LiveSession = "live-session",
        /// The mobile number is registered under the person's own name.
        MobileRealName = "mobile-real-name",
        /// It is paid.
        Payment = "payment",
        /// The organisation controls its bank account.
        BankControl = "bank-control",
        /// There are not too many.
        Quota = "quota",
        /// The applicant has the private key.
        KeyProof = "key-proof",
        /// A token is bound to the case.
        TokenBound = "token-bound",
    }

    /// By when a check must have passed.
    Stage {
        /// Before the case goes to the registrar (A9).
        Submission = "submission",
        /// Before it is registered (A13).
        Registration = "registration",
        /// Before it is approved (A15).
        Approval = "approval",
        /// Before anything is signed (A18).
        Issuance = "issuance",
    }

    /// What a step leaves behind to be looked at later (0.3, S0-20, S0-27).
    EvidenceKind {
        /// The filled-in form, signed and sealed, on paper or as an image of it.
        SignedForm = "signed-form",
        /// A paper form's number in the archive (S0-21).
        PaperArchive = "paper-archive",
        /// The witness says: signed before my eyes (S0-21).
        SignedInPresence = "signed-in-presence",
        /// The answer of a card reader or of the police's query (S0-24).
        IdentityQuery = "identity-query",
        /// Another proper means of identification, named (S0-25).
        OtherIdentityProof = "other-identity-proof",
        /// A look at the original document across the counter.
        OriginalSeen = "original-seen",
        /// A moving picture of the witnessing (S0-20).
        WitnessVideo = "witness-video",
        /// A sound recording of the witnessing (S0-20).
        WitnessAudio = "witness-audio",
        /// A photograph of the witnessing (S0-20).
        WitnessPhoto = "witness-photo",
        /// A recording of a session both ways, with a test that a person is there (S0-28).
        LiveSessionRecording = "live-session-recording",
        /// A recording that goes one way: no live session (S0-28).
        OneWayRecording = "one-way-recording",
        /// Both sides of the card and a test that a person is there (S2-17).
        Liveness = "liveness",
        /// The carrier's answer whose number it is (S2-11).
        CarrierQuery = "carrier-query",
        /// A call back, or another question to the holder.
        CallRecord = "call-record",
        /// What a registrar, approver or agent did (S1-10).
        WorkRecord = "work-record",
        /// A slip of the bank (S2-19).
        RemittanceSlip = "remittance-slip",
        /// The bank's or a payment service's answer.
        PaymentReceipt = "payment-receipt",
        /// Books and papers of the organisation.
        OrganisationDocuments = "organisation-documents",
        /// A court's or an authority's order.
        OfficialOrder = "official-order",
        /// What the holder declares.
        HolderStatement = "holder-statement",
        /// A courier's number or a receipt from the counter (S1-16).
        DeliveryReceipt = "delivery-receipt",
        /// What was read back from the token (S1-15).
        ReadBack = "read-back",
        /// Proof that somebody was told something, and how.
        NoticeReceipt = "notice-receipt",
        /// One of the papers with which an institution applies (S3-04).
        ApplicationMaterial = "application-material",
        /// The stamp of a window or a post office, with the day of receipt (S3-05).
        ReceiptStamp = "receipt-stamp",
        /// What assessors found (S3-08).
        AssessmentReport = "assessment-report",
        /// An authority's decision in writing (S3-11).
        DecisionDocument = "decision-document",
        /// Why an authority said no, in writing (S3-10).
        ReasonsDocument = "reasons-document",
    }

    /// How a customer pays (S2-18).
    PaymentRoute {
        /// From the organisation's own account (公对公).
        CorporateTransfer = "corporate-transfer",
        /// By Alipay or WeChat.
        Wallet = "wallet",
    }

    /// How a packet leaves (S1-16, S2-27).
    DeliveryMethod {
        /// Handed over.
        OnSite = "on-site",
        /// By courier or mail.
        Courier = "courier",
        /// As a file.
        Download = "download",
    }

    /// How a PIN leaves (S1-17, S2-28, X-03).
    PinChannel {
        /// Handed over with the token, to whom stands there.
        OnSite = "on-site",
        /// A short message.
        ShortMessage = "short-message",
        /// A call.
        Telephone = "telephone",
        /// A letter of its own.
        Letter = "letter",
        /// The remark of a bank transfer: visible to the bank and to finance staff.
        BankRemark = "bank-remark",
    }

    /// Why a seat is barred, or a person's word counts (S0-16).
    Employment {
        /// Under a labour contract with the agency itself.
        Contract = "contract",
        /// In sales (营销人员).
        Marketing = "marketing",
        /// Sent by a labour service (劳务派遣人员).
        Dispatched = "dispatched",
        /// A broker without a labour contract (未签订正式劳动合同的经纪人员).
        Broker = "broker",
        /// Of a wholly owned subsidiary (全资控股的子公司员工).
        Subsidiary = "subsidiary",
    }

    /// A document that says who a person is (S0-24, S0-25).
    IdentityDocument {
        /// 居民身份证
        ResidentCard = "resident-card",
        /// 台湾居民来往大陆通行证
        TaiwanPermit = "taiwan-permit",
        /// 港澳居民来往内地通行证
        HongKongMacauPermit = "hong-kong-macau-permit",
        /// 外国人永久居留证
        PermanentResidence = "permanent-residence",
        /// 护照
        Passport = "passport",
    }

    /// How an identity is checked (S0-24, S0-25, S2-17).
    IdentityMethod {
        /// A reader for the card's chip.
        CardReader = "card-reader",
        /// The police's system for such queries.
        PoliceQuery = "police-query",
        /// The original looked at by a person who is trained for it.
        Inspection = "inspection",
        /// Both sides photographed, and a test that its owner is there.
        Liveness = "liveness",
        /// Another proper means, named in the evidence.
        Named = "named",
    }

    /// A format of files that are taken in (section 4, table).
    FileFormat {
        /// JPEG.
        Jpeg = "jpeg",
        /// Windows bitmap.
        Bmp = "bmp",
        /// GIF.
        Gif = "gif",
        /// PDF.
        Pdf = "pdf",
    }
}

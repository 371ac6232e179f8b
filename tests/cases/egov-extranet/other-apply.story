Story: Nobody can apply for a certificate from afar: nothing is handled without meeting.
Rules: egov-extranet
Proves: S0-14

Given the organisation finance-bureau named 市财政局, centralised, approver chen.jing, agent zhao.min, applicants li.hua and wu.di
li.hua, applicant, tries to open case a-1 to apply in other mode: certificate person, hard, centralised, for finance-bureau
  refused under S0-14 as not-offered: "nothing is handled without meeting"

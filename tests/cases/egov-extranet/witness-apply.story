Story: Nobody can apply for a certificate before a witness: nobody is sent to customers.
Rules: egov-extranet
Proves: S0-14

Given the organisation finance-bureau named 市财政局, centralised, approver chen.jing, agent zhao.min, applicants li.hua and wu.di
li.hua, applicant, tries to open case a-1 to apply in witness mode: certificate person, hard, centralised, for finance-bureau
  refused under S0-14 as not-offered: "nobody is sent to them"

Story: Nobody can have a certificate back in use before a witness: nobody is sent to customers.
Rules: egov-extranet
Proves: S0-14

After the story egov-extranet/counter-freeze
li.hua, applicant, tries to open case a-9 to unfreeze in witness mode: certificate person, hard, centralised, for finance-bureau, about a-1
  refused under S0-14 as not-offered: "nobody is sent to them"

Story: Nobody can have a certificate made anew before a witness: nobody is sent to customers.
Rules: egov-extranet
Proves: S0-14

After the story egov-extranet/counter-apply
li.hua, applicant, tries to open case a-9 to reissue in witness mode: certificate person, hard, centralised, for finance-bureau, about a-1, because key-compromise
  refused under S0-14 as not-offered: "nobody is sent to them"

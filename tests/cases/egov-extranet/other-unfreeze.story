Story: Nobody can have a certificate back in use from afar: nothing is handled without meeting.
Rules: egov-extranet
Proves: S0-14

After the story egov-extranet/counter-freeze
li.hua, applicant, tries to open case a-9 to unfreeze in other mode: certificate person, hard, centralised, for finance-bureau, about a-1
  refused under S0-14 as not-offered: "nothing is handled without meeting"

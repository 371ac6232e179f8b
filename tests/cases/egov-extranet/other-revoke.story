Story: Nobody can have a certificate revoked from afar: nothing is handled without meeting.
Rules: egov-extranet
Proves: S0-14

After the story egov-extranet/counter-apply
li.hua, applicant, tries to open case a-9 to revoke in other mode: certificate person, hard, centralised, for finance-bureau, about a-1, because key-compromise
  refused under S0-14 as not-offered: "nothing is handled without meeting"

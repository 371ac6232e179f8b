Story: Nobody can renew a certificate before a witness: nobody is sent to customers.
Rules: egov-extranet
Proves: S0-14

After the story egov-extranet/counter-apply
On 2025-02-17 at 10:00
li.hua, applicant, tries to open case a-9 to renew in witness mode: certificate person, hard, centralised, for finance-bureau, about a-1
  refused under S0-14 as not-offered: "nobody is sent to them"

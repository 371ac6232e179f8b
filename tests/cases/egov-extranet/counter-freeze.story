Story: Somebody lost his token: one person freezes the certificate at once, another looks at it by the next working day.
Rules: egov-extranet
Proves: S1-03 S1-04 S2-32 S5-04 X-08

After the story egov-extranet/counter-apply
On 2024-06-03 at 10:00
li.hua, applicant, opens case a-2 to freeze in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1
li.hua, applicant, freezes the certificates at once, leaving call-record call 80
  now: awaiting-ratification
  certificates: frozen
  deadline ratification: 2024-06-04 17:59:59

# Whoever asked for it can't be the second person too.
li.hua, approver, tries to ratify the freeze
  refused as same-person: "li.hua acted as applicant"
sun.li, approver, ratifies the freeze
  now: executed
  certificates: frozen
sun.li, approver, closes the case, leaving work-record day book 22
  now: closed

Story: Whose wish a freeze was, his it is to lift it.
Rules: egov-extranet
Proves: S5-04

After the story egov-extranet/counter-apply
On 2024-06-03 at 10:00
gu.fang, official, opens case a-2 to freeze in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1, holder li.hua
gu.fang, official, freezes the certificates at once, leaving official-order court order 7
wang.wei, registrar, checks genuineness, leaving official-order court order 7
sun.li, approver, ratifies the freeze
  certificates: frozen
sun.li, approver, closes the case, leaving work-record day book 3

# Neither the holder nor the operator lifts what a court ordered.
li.hua, applicant, tries to open case a-3 to unfreeze in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1
  refused under S5-04 as other-party: "frozen by the official: the holder can't lift it"
wang.wei, registrar, tries to open case a-3 to unfreeze in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1, holder li.hua
  refused under S5-04 as other-party: "frozen by the official: the operator can't lift it"
gu.fang, official, opens case a-3 to unfreeze in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1, holder li.hua
  now: draft
  certificates: frozen

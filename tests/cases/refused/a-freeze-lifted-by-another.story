Story: Whose wish a freeze was, his it is to lift it.
Rules: egov-extranet
Proves: S5-04

After the story egov-extranet/counter-apply
On 2024-06-03 at 10:00
gu.fang, official, opens case a-2 to freeze in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1, holder li.hua
gu.fang, official, freezes the certificates at once, leaving official-order court order 7
sun.li, approver, ratifies the freeze
  certificates: frozen
li.hua, applicant, opens case a-3 to unfreeze in counter mode: certificate person, hard, centralised, for finance-bureau, about a-1
li.hua, applicant, submits the case to the agent
zhao.min, agent, passes the case on
wang.wei, registrar, starts the registration
wang.wei, registrar, checks identity-agent of a resident-card by inspection, leaving original-seen card of zhao.min
wang.wei, registrar, checks genuineness, leaving call-record call 3
wang.wei, registrar, registers the case, leaving work-record day book 3
sun.li, approver, takes the review
sun.li, approver, tries to approve the case
  refused as other-party: "frozen by the official"

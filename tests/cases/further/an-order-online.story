Story: A court's order freezes a company's seal, lifts the freeze and ends it, without the agent's face.
Rules: szca-online
Proves: S2-32 S5-04

After the story szca-online/other-apply
On 2024-06-03 at 10:00
gu.fang, official, opens case a-2 to freeze in other mode: certificate organisation-seal, hard, for xinghe, about a-1, holder gao.fei
gu.fang, official, tries to freeze the certificates at once, leaving holder-statement letter 1
  refused under S2-32 as evidence-kind: "holder-statement is no official-order"
gu.fang, official, freezes the certificates at once, leaving official-order court order 7
sun.li, approver, tries to ratify the freeze
  refused under S5-04 as check-open: "the check genuineness has not passed"
sun.li, approver, checks genuineness, leaving official-order court order 7
sun.li, approver, ratifies the freeze
  certificates: frozen
sun.li, approver, closes the case, leaving work-record day book 41

gu.fang, official, opens case a-3 to unfreeze in other mode: certificate organisation-seal, hard, for xinghe, about a-1, holder gao.fei
gu.fang, official, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, tries to register the case, leaving work-record day book 42
  refused under S5-04 as check-open: "the check genuineness has not passed"
wang.wei, registrar, checks genuineness, leaving official-order court order 8
wang.wei, registrar, registers the case, leaving work-record day book 42
sun.li, approver, takes the review
sun.li, approver, approves the case
  certificates: active
sun.li, approver, closes the case, leaving work-record day book 43

gu.fang, official, opens case a-4 to revoke in other mode: certificate organisation-seal, hard, for xinghe, about a-1, because privilege-withdrawn, holder gao.fei
gu.fang, official, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, checks genuineness, leaving official-order court order 9
wang.wei, registrar, registers the case, leaving work-record day book 44
sun.li, approver, takes the review
sun.li, approver, approves the case
  certificates: revoked
sun.li, approver, closes the case, leaving work-record day book 45
  now: closed

Story: Who lends his seal loses it: the operator revokes it of itself, and a second person notes why.
Rules: szca-online
Proves: S1-12 S2-33

After the story szca-online/other-apply
On 2024-06-03 at 10:00
wang.wei, registrar, opens case a-2 to revoke in other mode: certificate organisation-seal, hard, for xinghe, about a-1, because privilege-withdrawn, holder gao.fei
wang.wei, registrar, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, registers the case, leaving work-record day book 51
wang.wei, approver, tries to take the review
  refused under S1-12 as same-person: "wang.wei acted as registrar"
sun.li, approver, takes the review
sun.li, approver, tries to approve the case
  refused under S2-33 as check-open: "the check genuineness has not passed"
sun.li, approver, checks genuineness, leaving work-record report 12 of the supervision
sun.li, approver, approves the case
  now: executed
  certificates: revoked

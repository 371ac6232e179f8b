Story: The token was found: the seal is in use again.
Rules: szca-online
Proves: S2-17 S5-04 S1-12

After the story szca-online/other-freeze
On 2024-06-12 at 10:00
gao.fei, agent, opens case a-3 to unfreeze in other mode: certificate organisation-seal, hard, for xinghe, about a-1
gao.fei, agent, tries to submit the case
  refused under S2-17 as check-open: "identity-agent"
The identity service checks identity-agent of a resident-card by liveness, leaving liveness session 3
gao.fei, agent, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, registers the case, leaving work-record day book 23
wang.wei, approver, tries to take the review
  refused under S1-12 as same-person: "acted as registrar"
sun.li, approver, takes the review
sun.li, approver, approves the case
  now: executed
  certificates: active
sun.li, approver, closes the case, leaving work-record day book 24
  now: closed

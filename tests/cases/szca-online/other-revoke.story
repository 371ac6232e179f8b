Story: A company whose key may be in other hands has its seal revoked.
Rules: szca-online
Proves: S2-17 S2-32 S2-33 S1-12

After the story szca-online/other-apply
On 2024-10-08 at 10:00
gao.fei, agent, opens case a-2 to revoke in other mode: certificate organisation-seal, hard, for xinghe, about a-1, because key-compromise
The identity service checks identity-agent of a resident-card by liveness, leaving liveness session 3
gao.fei, agent, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, registers the case, leaving work-record day book 21
sun.li, approver, takes the review
sun.li, approver, approves the case
  now: executed
  certificates: revoked
sun.li, approver, closes the case, leaving work-record day book 22
  now: closed

Story: A company has its certificate frozen, before a witness.
Rules: chinaclear-agency
Proves: S0-12 S0-13 S0-14 S0-15 S0-20 S0-21 S0-26 S0-27 S1-12

After the story chinaclear-agency/witness-apply
On 2024-06-03 at 10:00
tang.li, agent, opens case a-2 to freeze in witness mode: certificate organisation, hard, for hengyuan, about a-1, through huatai
tang.li, agent, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, tries to check witness, leaving signed-form archive 2, paper-archive box 2, signed-in-presence wang.wei, witness-video tape 2
  refused under S0-15 as seat: "the registrar can't do this"
lu.jian, witness, checks identity-agent of a resident-card by police-query, leaving identity-query mps 8120
lu.jian, witness, checks witness, leaving signed-form archive 2, paper-archive box 2, signed-in-presence lu.jian 2, witness-video tape 2
wang.wei, registrar, registers the case, leaving work-record day book 21
lu.jian, approver, tries to take the review
  refused under S1-12 as same-person: "lu.jian acted as witness"
zhou.ke, approver, takes the review
zhou.ke, approver, approves the case
  certificates: frozen
zhou.ke, approver, closes the case, leaving work-record day book 22
  now: closed

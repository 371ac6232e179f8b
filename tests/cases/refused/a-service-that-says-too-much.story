Story: A service outside says what it was asked, and does nothing that people do.
Rules: szca-online
Proves: S2-17 S2-20 X-01

gao.fei, agent, opens case a-1 to apply in other mode: certificate organisation-seal, hard, for xinghe
The bank tries to submit the case
  refused under X-01 as seat: "can't do this"
The bank tries to approve the case
  refused under X-01 as seat: "can't do this"
The payment service tries to withdraw the case
  refused under X-01 as seat: "can't do this"

# Nor does a person say what a service says.
gao.fei, agent, tries to check identity-agent of a resident-card by liveness, leaving liveness my own word
  refused under S2-17 as seat: "can't do this"
gao.fei, agent, tries to say that the deposit arrived
  refused under S2-20 as seat: "can't do this"
gao.fei, system, tries to check identity-agent of a resident-card by liveness, leaving liveness my own word
  refused under X-01 as seat: "can't do this"
  now: draft

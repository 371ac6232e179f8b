Story: Who failed, has no licence or declared nothing is no witness.
Rules: chinaclear-agency
Proves: S0-15 S0-18

Given the agency huatai for counter, witness and other
Given the roster with lu.jian, contract, failed in the examination
Given the roster with tan.bo, contract, without a licence
Given the roster with yu.qing, contract, without a declaration
tang.li, agent, opens case a-1 to apply in witness mode: certificate organisation, hard, for hengyuan, through huatai
lu.jian, witness, tries to check identity-agent of a resident-card by police-query, leaving identity-query mps 1
  refused under S0-15 as not-qualified: "no training record"
tan.bo, witness, tries to check identity-agent of a resident-card by police-query, leaving identity-query mps 1
  refused under S0-15 as not-qualified: "no licence"
yu.qing, witness, tries to check identity-agent of a resident-card by police-query, leaving identity-query mps 1
  refused under S0-18 as not-qualified: "no declaration"

Story: A relation of the customer is no witness for him; a sanction ends a witness's work at once.
Rules: chinaclear-agency
Proves: S0-18

Given the agency huatai for counter, witness and other
Given the roster with lu.jian, contract, related to tang.li
tang.li, agent, opens case a-1 to apply in witness mode: certificate organisation, hard, for hengyuan, through huatai
lu.jian, witness, tries to check identity-agent of a resident-card by police-query, leaving identity-query mps 1
  refused under S0-18 as not-qualified: "related to the customer"
Given the roster with tan.bo, contract
tan.bo, witness, checks identity-agent of a resident-card by police-query, leaving identity-query mps 2
he.ping, clerk, sanctions tan.bo: signed forms without seeing the customer
tan.bo, witness, tries to check witness, leaving signed-form archive 1, paper-archive box 1, signed-in-presence tan.bo 1, witness-video tape 1
  refused under S0-18 as not-qualified: "under a sanction"

Story: Nobody can apply for a certificate at a counter of the online hall: it has none.
Rules: szca-online
Proves: S0-14

gao.fei, agent, tries to open case a-1 to apply in counter mode: certificate organisation-seal, hard, for xinghe
  refused under S0-14 as not-offered: "the online hall has no counter"

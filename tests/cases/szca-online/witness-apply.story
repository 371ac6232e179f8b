Story: Nobody can apply for a certificate before a witness of the online hall: it sends none.
Rules: szca-online
Proves: S0-14

gao.fei, agent, tries to open case a-1 to apply in witness mode: certificate organisation-seal, hard, for xinghe
  refused under S0-14 as not-offered: "the online hall sends no witness"

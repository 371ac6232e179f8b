Story: Nobody can have a certificate revoked before a witness of the online hall: it sends none.
Rules: szca-online
Proves: S0-14

After the story szca-online/other-apply
gao.fei, agent, tries to open case a-9 to revoke in witness mode: certificate organisation-seal, hard, for xinghe, about a-1, because key-compromise
  refused under S0-14 as not-offered: "the online hall sends no witness"

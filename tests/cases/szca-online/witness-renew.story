Story: Nobody can renew a certificate before a witness of the online hall: it sends none.
Rules: szca-online
Proves: S0-14

After the story szca-online/other-apply
On 2025-02-17 at 10:00
gao.fei, agent, tries to open case a-9 to renew in witness mode: certificate organisation-seal, hard, for xinghe, about a-1
  refused under S0-14 as not-offered: "the online hall sends no witness"

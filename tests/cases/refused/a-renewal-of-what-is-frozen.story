Story: What is frozen is not renewed, and what is in use is not unfrozen.
Rules: szca-online
Proves: S0-13 S2-31 S2-32

After the story szca-online/other-freeze
On 2025-02-17 at 10:00
gao.fei, agent, tries to open case a-3 to renew in other mode: certificate organisation-seal, hard, for xinghe, about a-1
  refused under S2-31 as target-status: "the certificate is frozen"
gao.fei, agent, tries to open case a-3 to freeze in other mode: certificate organisation-seal, hard, for xinghe, about a-1
  refused under S2-32 as target-status: "the kind freeze does not apply"

# Somebody else's certificates are nobody's business.
mo.ran, agent, tries to open case a-4 to revoke in other mode: certificate organisation-seal, hard, for yinhe, about a-1, because key-compromise
  refused as not-a-party: "mo.ran is not a party"
gao.fei, agent, tries to open case a-5 to revoke in other mode: certificate organisation-seal, hard, for xinghe, about a-0, because key-compromise
  refused under S0-13 as target-without: "case a-0 has no certificates"

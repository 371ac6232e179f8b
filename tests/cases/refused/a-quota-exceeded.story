Story: One seal of the organisation, eight for its business, and not one more.
Rules: szca-online
Proves: S2-01 S2-06 S2-07

gao.fei, agent, opens case a-1 to apply in other mode: certificate organisation-seal, hard, for xinghe
gao.fei, agent, tries to open case a-2 to apply in other mode: certificate organisation-seal, hard, for xinghe
  refused under S2-01 S2-06 as not-the-first: "there is a certificate "organisation-seal" already"

# Another organisation has its own count.
gao.fei, agent, opens case a-3 to apply in other mode: certificate organisation-seal, hard, for yinhe

gao.fei, agent, opens case b-1 to apply in other mode: certificate business-seal, hard, for xinghe
gao.fei, agent, opens case b-2 to apply in other mode: certificate business-seal, hard, for xinghe
gao.fei, agent, opens case b-3 to apply in other mode: certificate business-seal, hard, for xinghe
gao.fei, agent, opens case b-4 to apply in other mode: certificate business-seal, hard, for xinghe
gao.fei, agent, opens case b-5 to apply in other mode: certificate business-seal, hard, for xinghe
gao.fei, agent, opens case b-6 to apply in other mode: certificate business-seal, hard, for xinghe
gao.fei, agent, opens case b-7 to apply in other mode: certificate business-seal, hard, for xinghe
gao.fei, agent, opens case b-8 to apply in other mode: certificate business-seal, hard, for xinghe
gao.fei, agent, tries to open case b-9 to apply in other mode: certificate business-seal, hard, for xinghe
  refused under S2-07 as quota: "business-seal: 8 at most, 8 are there"

# One that is taken back makes room.
gao.fei, agent, withdraws the case
  now: withdrawn
gao.fei, agent, opens case b-9 to apply in other mode: certificate business-seal, hard, for xinghe

# Personal seals have no number.
gao.fei, agent, opens case c-1 to apply in other mode: certificate personal-seal, hard, for xinghe, holder he.chuan
gao.fei, agent, opens case c-2 to apply in other mode: certificate personal-seal, hard, for xinghe, holder luo.dan
  now: draft

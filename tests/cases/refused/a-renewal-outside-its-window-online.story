Story: A renewal one second too early, on both edges of the window, and one second too late: 期满前一个月内.
Rules: szca-online
Proves: S2-31 X-12

After the story szca-online/other-apply
  end of a-1: 2025-03-04 09:00:00

On 2025-02-03 23:59:59
gao.fei, agent, tries to open case a-2 to renew in other mode: certificate organisation-seal, hard, for xinghe, about a-1
  refused under S2-31 X-12 as outside-window: "renewals are taken from"
On 2025-02-04 00:00:00
gao.fei, agent, opens case a-2 to renew in other mode: certificate organisation-seal, hard, for xinghe, about a-1
gao.fei, agent, withdraws the case
On 2025-03-04 09:00:00
gao.fei, agent, opens case a-3 to renew in other mode: certificate organisation-seal, hard, for xinghe, about a-1
gao.fei, agent, withdraws the case
1 second later
gao.fei, agent, tries to open case a-4 to renew in other mode: certificate organisation-seal, hard, for xinghe, about a-1
  refused under S2-31 X-12 as outside-window: "to"

Story: A freeze that one person made waits for the second, who may say no.
Rules: szca-online
Proves: S2-32 X-08

After the story szca-online/other-apply
On 2024-06-03 at 10:00
gao.fei, agent, opens case a-2 to freeze in other mode: certificate organisation-seal, hard, for xinghe, about a-1
gao.fei, agent, freezes the certificates at once, leaving call-record hotline 1
  certificates: frozen
  deadline ratification: 2024-06-04 17:59:59
On 2024-06-05 at 09:00
  told: ratification
  certificates: frozen
sun.li, approver, refuses to ratify the freeze: the caller was not the agent
  now: rejected
  certificates: active

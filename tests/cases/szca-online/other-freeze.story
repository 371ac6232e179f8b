Story: A token is lost at night: whoever calls is identified in short, and the seal is frozen at once.
Rules: szca-online
Proves: S2-32 S5-04 X-08

After the story szca-online/other-apply
On 2024-06-03 at 23:10
gao.fei, agent, opens case a-2 to freeze in other mode: certificate organisation-seal, hard, for xinghe, about a-1
gao.fei, agent, freezes the certificates at once, leaving call-record hotline 23:10
  now: awaiting-ratification
  certificates: frozen
sun.li, approver, ratifies the freeze
  now: executed
  certificates: frozen
sun.li, approver, closes the case, leaving work-record day book 22
  now: closed

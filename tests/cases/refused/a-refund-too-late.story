Story: What is signed is not paid back.
Rules: szca-online
Proves: S2-26

After the story szca-online/other-apply
gao.fei, agent, tries to ask for a refund
  refused under S2-26 as not-listed: "a case that is closed can't be refund-requested"

Story: A company lost its token, and gets a new seal for what is left of the term.
Rules: szca-online
Proves: S2-03 S2-17 S2-19 S2-25 S2-32 X-11

After the story szca-online/other-apply
Given the token k0002
On 2024-09-02 at 10:00
gao.fei, agent, opens case a-2 to reissue in other mode: certificate organisation-seal, hard, for xinghe, about a-1, because key-compromise
gao.fei, agent, consents to service-agreement, privacy-policy, personal-information and flow-guide
gao.fei, agent, consents to sensitive-information
gao.fei, agent, fills in the form for the rest of the term as in case a-1
gao.fei, agent, adds the documents:
  - application-form: form.jpg
  - business-licence: licence.jpg
  - agent-identity-card: card.pdf
  - seal-collection-form: seals.pdf
  - annex: annex.jpg
The identity service checks identity-agent of a resident-card by liveness, leaving liveness session 2
The mobile carrier checks mobile-real-name, leaving carrier-query query 2
gao.fei, agent, pays by transfer from 星河科技有限公司 / 中国农业银行深圳分行 / 41000100040012345, leaving remittance-slip slip 21
gao.fei, agent, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, registers the case, leaving work-record day book 21
sun.li, approver, takes the review
sun.li, approver, tries to approve the case
  refused under S2-19 S2-25 as check-open: "payment"
sun.li, approver, confirms the funds, leaving payment-receipt statement 21
sun.li, approver, approves the case
sun.li, approver, binds the token k0002
sun.li, approver, brings a new key made in a token
sun.li, approver, issues the certificates
sun.li, approver, writes the certificates to the token and reads them back, leaving work-record day book 31
sun.li, approver, sends the packet p-2 by courier, leaving delivery-receipt JD0002
feng.lan, pin-custodian, tells the PIN to the agent by short-message, leaving notice-receipt sms 4
  certificates: issued
  certificates of a-1: revoked
  end: that of a-1
gao.fei, agent, confirms the receipt, leaving holder-statement click 2
  certificates: active
sun.li, approver, closes the case, leaving work-record day book 32
  now: closed

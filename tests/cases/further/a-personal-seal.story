Story: A company gets a seal for one of its people, who is told the PIN himself, and does not want it published.
Rules: szca-online
Proves: S2-02 S2-03 S2-05 S2-08 S2-10 S2-11 S2-13 S2-15 S2-17 S2-19 S2-25 S2-27 S2-28 S2-29 S2-30 X-02 X-03 X-07

Given the token k0001
gao.fei, agent, opens case a-1 to apply in other mode: certificate personal-seal, hard, for xinghe, holder he.chuan, account 13900139000, not to be published
gao.fei, agent, consents to service-agreement, privacy-policy, personal-information and flow-guide
gao.fei, agent, consents to sensitive-information
gao.fei, agent, fills in the form for 5 years:
  - organisation-name: 星河科技有限公司
  - credit-code: 91440300MA5EXAMP1F
  - region: 广东省深圳市
  - address: 科技路1号
  - agent-name: 高飞
  - agent-identity-number: 440301198506120028
  - agent-mobile: 13900139000
  - agent-mail: gaofei@example.cn
  - agent-position: 行政
  - representative-name: 何川
  - representative-identity-number: 440301197001010056
  - representative-mobile: 13700137000
  - account-name: 星河科技有限公司
  - account-bank: 中国农业银行深圳分行
  - account-number: 41000100040012345
  - delivery-region: 广东省深圳市
  - delivery-address: 科技路1号
  - seal-style: 工具自动生成
  - holder-name: 何川
  - holder-identity-number: 440301197001010056
  - holder-mobile: 13700137000

# 请优先上传: the holder's card before the others.
gao.fei, agent, tries to add the document:
  - application-form: form.jpg
  refused under S2-15 as document-order: "document holder-identity-card comes first"
gao.fei, agent, adds the documents:
  - holder-identity-card: holder.pdf
  - application-form: form.jpg
  - business-licence: licence.jpg
  - agent-identity-card: card.gif
  - seal-collection-form: seals.bmp
  - annex: annex.jpg
The identity service checks identity-agent of a resident-card by liveness, leaving liveness session 1
The mobile carrier checks mobile-real-name, leaving carrier-query query 1
gao.fei, agent, pays by transfer from 星河科技有限公司 / 中国农业银行深圳分行 / 41000100040012345, leaving remittance-slip slip 1
gao.fei, agent, submits the case
wang.wei, registrar, starts the registration
wang.wei, registrar, registers the case, leaving work-record day book 1
sun.li, approver, takes the review
sun.li, approver, tries to approve the case
  refused under S2-19 S2-25 as check-open: "payment"
sun.li, approver, confirms the funds, leaving payment-receipt statement 1
sun.li, approver, approves the case
sun.li, approver, binds the token k0001
sun.li, approver, brings a new key made in a token
sun.li, approver, issues the certificates
sun.li, approver, writes the certificates to the token and reads them back, leaving work-record day book 2
sun.li, approver, sends the packet p-1 by courier, leaving delivery-receipt JD0001
  published: no

# 个人证书PIN码将通过短信方式发至申请人手机号码, not to the agent who has the token.
feng.lan, pin-custodian, tries to tell the PIN to the agent by short-message, leaving notice-receipt sms 1
  refused under S2-28 X-03 as pin: "the PIN does not go by short-message to the agent"
feng.lan, pin-custodian, tells the PIN to the applicant by short-message, leaving notice-receipt sms 2
he.chuan, applicant, confirms the receipt, leaving holder-statement click 1
  certificates: active
sun.li, approver, closes the case, leaving work-record day book 3
  now: closed

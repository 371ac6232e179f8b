Story: A company gets its seal online, and pays by wallet.
Rules: szca-online
Proves: S2-01 S2-02 S2-03 S2-04 S2-05 S2-06 S2-09 S2-10 S2-11 S2-12 S2-13 S2-14 S2-17 S2-18 S2-20 S2-21 S2-23 S2-25 S2-27 S2-28 S2-29 X-03 X-06

Given the token k0001

# 登录, 阅读并勾选同意: the account is a phone's, the agent a person; sensitive data has a consent of its own.
gao.fei, agent, opens case a-1 to apply in other mode: certificate organisation-seal, hard, for xinghe, account 13900139000, under szca-cps-4.2
  account: 13900139000
  practice statement: szca-cps-4.2
gao.fei, agent, tries to consent to service-agreement and sensitive-information
  refused under S2-03 as separate-consent: "sensitive-information is consented to in an act of its own"
gao.fei, agent, consents to service-agreement, privacy-policy and personal-information
gao.fei, agent, consents to sensitive-information
gao.fei, agent, consents to flow-guide

# 填写信息
gao.fei, agent, fills in the form for 1 year:
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

# 打印申请表, 证书附页, 签名盖章, 上传
gao.fei, agent, adds the documents:
  - application-form: form.jpg
  - business-licence: licence.jpg
  - agent-identity-card: card.pdf
  - seal-collection-form: seals.pdf
  - annex: annex.jpg

# 扫描二维码, 活体认证; the number is the agent's own by the carrier's books.
gao.fei, agent, tries to submit the case
  refused under S2-17 as check-open: "identity-agent"
The identity service checks identity-agent of a resident-card by liveness, leaving liveness session 88
The mobile carrier checks mobile-real-name, leaving carrier-query 20240304-1

# 缴费: by wallet, so one fen and a code prove that the account is the company's.
The payment service reports the payment by wallet, leaving payment-receipt alipay 5001
  payment: paid
gao.fei, agent, tries to submit the case
  refused under S2-20 S2-25 as check-open: "bank-control"
The bank sends a deposit with the code 056869 to 星河科技有限公司 / 中国农业银行深圳分行 / 41000100040012345
The bank says that the deposit arrived
  payment: deposit arrived
gao.fei, agent, enters the code 056868
gao.fei, agent, enters the code 056869
  payment: code right
gao.fei, agent, submits the case
  now: submitted
  deadline review: 2024-03-07 17:59:59

# 三个工作日审核
wang.wei, registrar, starts the registration
wang.wei, registrar, registers the case, leaving work-record day book 14
sun.li, approver, takes the review
sun.li, approver, approves the case
  now: approved

# 制作, 邮寄; the PIN by short message to the agent, never with the token.
sun.li, approver, binds the token k0001
sun.li, approver, brings a new key made in a token
sun.li, approver, issues the certificates
sun.li, approver, writes the certificates to the token and reads them back, leaving work-record day book 15
sun.li, approver, sends the packet p-1 by courier, leaving delivery-receipt JD0001
  published: yes
  certificates: issued
feng.lan, pin-custodian, tries to tell the PIN to the agent by bank-remark, leaving notice-receipt remark
  refused under S2-28 X-03 as pin: "the PIN does not go by bank-remark"
feng.lan, pin-custodian, tells the PIN to the agent by short-message, leaving notice-receipt sms 3

# 如无异议则视为接受证书
On 2024-03-12 at 00:00
  now: confirmed
  certificates: active
sun.li, approver, closes the case, leaving work-record day book 16
  now: closed

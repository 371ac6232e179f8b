Story: What does not pass the review is edited where it was found wrong, and reviewed once more.
Rules: szca-online
Proves: S2-19 S2-23 S2-24 S2-25

Given the token k0001
gao.fei, agent, opens case a-1 to apply in other mode: certificate organisation-seal, hard, for xinghe
gao.fei, agent, consents to service-agreement, privacy-policy, personal-information and flow-guide
gao.fei, agent, consents to sensitive-information
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
gao.fei, agent, adds the documents:
  - application-form: form.jpg
  - business-licence: licence.jpg
  - agent-identity-card: card.pdf
  - seal-collection-form: seals.pdf
  - annex: annex.jpg
The identity service checks identity-agent of a resident-card by liveness, leaving liveness session 1
The mobile carrier checks mobile-real-name, leaving carrier-query query 1
gao.fei, agent, pays by transfer from 星河科技有限公司 / 中国农业银行深圳分行 / 41000100040012345, leaving remittance-slip slip 1
gao.fei, agent, submits the case
  deadline review: 2024-03-07 17:59:59
wang.wei, registrar, starts the registration
wang.wei, registrar, sends the case back:
  - business-licence: can't be read
  - address: another street than on the licence
  now: returned
  rounds: 1
  deadline review: none
On 2024-03-08 at 11:00

# 编辑: what was not found wrong stays; another address is no other agent, and no other number.
gao.fei, agent, tries to correct the form:
  - representative-name: 何山
  refused under S2-24 as not-flagged: "representative-name is not to be corrected"
gao.fei, agent, tries to add the document:
  - seal-collection-form: seals.pdf
  refused under S2-24 as not-flagged: "seal-collection-form is not to be corrected"
gao.fei, agent, corrects the form:
  - address: 科技路2号
  check identity-agent: passed
  check mobile-real-name: passed
gao.fei, agent, adds the documents:
  - business-licence: licence.jpg
  - application-form: form.jpg
  - annex: annex.jpg
gao.fei, agent, submits the case again
  deadline review: 2024-03-13 17:59:59
wang.wei, registrar, starts the registration
  number: 000001
wang.wei, registrar, registers the case, leaving work-record day book 1
sun.li, approver, takes the review
sun.li, approver, confirms the funds, leaving payment-receipt statement 1
sun.li, approver, approves the case
sun.li, approver, binds the token k0001
sun.li, approver, brings a new key made in a token
sun.li, approver, issues the certificates
sun.li, approver, writes the certificates to the token and reads them back, leaving work-record day book 2
sun.li, approver, sends the packet p-1 by courier, leaving delivery-receipt JD0001
gao.fei, agent, confirms the receipt, leaving holder-statement click 1
  certificates: active
sun.li, approver, closes the case, leaving work-record day book 3
  now: closed

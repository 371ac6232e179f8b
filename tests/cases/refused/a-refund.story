Story: Money comes back until something is signed, and not after.
Rules: szca-online
Proves: S2-26 X-13

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
gao.fei, agent, tries to ask for a refund
  refused under S2-26 as nothing-paid: "nothing was paid"
gao.fei, agent, pays by transfer from 星河科技有限公司 / 中国农业银行深圳分行 / 41000100040012345, leaving remittance-slip slip 1
gao.fei, agent, submits the case
gao.fei, agent, asks for a refund
  now: refunding
wang.wei, registrar, tries to start the registration
  refused as not-listed: "a case that is refunding can't be registration-started"
gao.fei, cashier, tries to pay back 104800 fen, leaving payment-receipt transfer 9
  refused as same-person: "gao.fei acted as agent"
jin.rong, cashier, pays back 104800 fen, leaving payment-receipt transfer 9
  now: refunded

Story: A transfer comes from the company's own basic account.
Rules: szca-online
Proves: S2-19

gao.fei, agent, opens case a-1 to apply in other mode: certificate organisation-seal, hard, for xinghe
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
gao.fei, agent, tries to pay by transfer from 高飞 / 中国农业银行深圳分行 / 6228480120001234567, leaving remittance-slip slip 1
  refused under S2-19 as account-holder: "the account is of"
gao.fei, agent, tries to pay by transfer from 星河科技有限公司 / 中国农业银行深圳分行 / 41000100040099999, leaving remittance-slip slip 1
  refused under S2-19 as account-number: "not the one on the form"
gao.fei, agent, pays by transfer from 星河科技有限公司 / 中国农业银行深圳分行 / 41000100040012345, leaving remittance-slip slip 1
  payment: slip uploaded
gao.fei, agent, tries to confirm the funds, leaving payment-receipt my own word
  refused under S2-19 as seat: "can't do this"

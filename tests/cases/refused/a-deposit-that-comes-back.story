Story: 金融认证不通过: another account is given, of the same company.
Rules: szca-online
Proves: S2-20 S2-22

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
The payment service reports the payment by wallet, leaving payment-receipt alipay 5001
The bank sends a deposit with the code 056869 to 星河科技有限公司 / 中国农业银行深圳分行 / 41000100040012345
The bank says that the deposit came back: no such account
  payment: deposit came back
gao.fei, agent, tries to give another account: 高飞 / 中国农业银行深圳分行 / 6228480120001234567
  refused under S2-22 as account-holder: "高飞"
gao.fei, agent, gives another account: 星河科技有限公司 / 中国工商银行深圳分行 / 4000021109200088888
2 hours later
The bank tries to send a deposit with the code 714253 to 星河科技有限公司 / 中国农业银行深圳分行 / 41000100040012345
  refused under S2-22 as account-number: "not the one"
The bank sends a deposit with the code 714253 to 星河科技有限公司 / 中国工商银行深圳分行 / 4000021109200088888
The bank says that the deposit arrived

# A code that is older than three days is good for nothing.
73 hours later
gao.fei, agent, tries to enter the code 714253
  refused under S2-20 as code-expired: "no longer good"

Story: The code in the remark of the deposit: three wrong ones lock it, and a new one takes an hour.
Rules: szca-online
Proves: S2-19 S2-20 S2-21 S2-22

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

# To the company's account, and no other.
The bank tries to send a deposit with the code 056869 to 银河科技有限公司 / 中国农业银行深圳分行 / 41000100040012345
  refused under S2-20 as account-holder: "银河科技有限公司"
The bank sends a deposit with the code 056869 to 星河科技有限公司 / 中国农业银行深圳分行 / 41000100040012345
gao.fei, agent, tries to enter the code 056869
  refused as payment-step: "this step does not follow"
The bank says that the deposit arrived
gao.fei, agent, tries to enter the code 5686
  refused under S2-20 as missing: "as many digits"
gao.fei, agent, enters the code 000000
gao.fei, agent, enters the code 111111
  payment: deposit arrived
gao.fei, agent, enters the code 222222
  payment: locked
gao.fei, agent, tries to enter the code 056869
  refused as payment-step: "this step does not follow"

# Another code goes out an hour later, and the old one is worth nothing then.
The bank tries to send a deposit with the code 714253 to 星河科技有限公司 / 中国农业银行深圳分行 / 41000100040012345
  refused under S2-22 as cooling: "another deposit can go out from"
59 minutes later
The bank tries to send a deposit with the code 714253 to 星河科技有限公司 / 中国农业银行深圳分行 / 41000100040012345
  refused under S2-22 as cooling: "another deposit"
1 minute later
The bank sends a deposit with the code 714253 to 星河科技有限公司 / 中国农业银行深圳分行 / 41000100040012345
The bank says that the deposit arrived
gao.fei, agent, enters the code 056869
  payment: deposit arrived
gao.fei, agent, enters the code 714253
  payment: code right

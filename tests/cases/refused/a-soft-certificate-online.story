Story: The online hall sends tokens: there are no soft certificates, and no key made in software.
Rules: szca-online
Proves: S0-09 S0-23 S1-13 S2-27

gao.fei, agent, tries to open case a-1 to apply in other mode: certificate organisation-seal, soft, for xinghe
  refused under S2-27 as carrier: "the carrier soft is not allowed here"
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
gao.fei, agent, tries to bring a new key made in software
  refused under S0-09 as profile: "profile"

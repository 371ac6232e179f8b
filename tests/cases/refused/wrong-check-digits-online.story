Story: A slip in a number with a check character is told before anything is printed.
Rules: szca-online
Proves: S2-09 S2-10

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
gao.fei, agent, tries to correct the form:
  - credit-code: 91440300MA5EXAMP1G
  refused under S2-10 as field: "field credit-code: the check character is wrong"
gao.fei, agent, tries to correct the form:
  - agent-identity-number: 440301198506120029
  refused under S2-10 as field: "field agent-identity-number: the check character is wrong"
gao.fei, agent, tries to correct the form:
  - agent-mobile: 23900139000
  refused under S2-10 as field: "not of its format"
gao.fei, agent, tries to correct the form:
  - agent-position:
  refused under S2-10 as field: "field agent-position: must be filled in"
gao.fei, agent, tries to correct the form:
  - favourite-colour: red
  refused under S2-10 as field: "the form has no such field"
gao.fei, agent, tries to correct the form:
  - years: 6
  refused under S2-09 as years: "6 years can't be chosen"
  form: version 1

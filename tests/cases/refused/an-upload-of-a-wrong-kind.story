Story: Uploads are taken by what they are, not by what they are called.
Rules: szca-online
Proves: S2-13 S2-15 X-05

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

# A PNG under another name, a name that no list has, a PDF where the row has none.
gao.fei, agent, tries to add the document:
  - business-licence: licence.jpg, in truth png
  refused under S2-13 as upload: "files of the format PNG are not taken"
gao.fei, agent, tries to add the document:
  - business-licence: licence.png
  refused under S2-13 as upload: "its extension is not taken"
gao.fei, agent, tries to add the document:
  - business-licence: licence.pdf
  refused under S2-13 as upload: "pdf is not taken for it"
gao.fei, agent, tries to add the document:
  - business-licence: licence.jpg, in truth gif
  refused under S2-13 as upload: "its extension is not that of its content"
gao.fei, agent, tries to add the document:
  - business-licence: licence.jpg, in truth exe
  refused under S2-13 as upload: "EXE"

# 不超过2M: two mebibytes are taken, one octet more is not.
gao.fei, agent, tries to add the document:
  - business-licence: licence.jpg, empty
  refused under S2-13 as upload: "empty"
gao.fei, agent, tries to add the document:
  - business-licence: licence.jpg, 2097153 octets
  refused under S2-13 as upload: "2097152 at most"
gao.fei, agent, adds the document:
  - business-licence: licence.jpg, 2097152 octets
gao.fei, agent, adds the document:
  - agent-identity-card: card.pdf
gao.fei, agent, tries to add the document:
  - passport: passport.jpg
  refused under S2-13 as unknown-name: "the rules know no document"

# 请优先上传: the holder's card comes first where a personal seal is asked for.
gao.fei, agent, opens case c-1 to apply in other mode: certificate personal-seal, hard, for xinghe, holder he.chuan
gao.fei, agent, tries to add the document:
  - business-licence: licence.jpg
  refused under S2-15 as document-order: "holder-identity-card comes first"
gao.fei, agent, adds the documents:
  - holder-identity-card: holder.jpg
  - business-licence: licence.jpg
  now: draft

Story: Sales staff, dispatched workers, brokers and a subsidiary's people are no witnesses.
Rules: chinaclear-agency
Proves: S0-15 S0-16 S0-18

he.ping, clerk, tries to propose huang.tao for the roster, marketing
  refused under S0-16 as not-qualified: "barred as marketing"
he.ping, clerk, tries to propose huang.tao for the roster, dispatched
  refused under S0-16 as not-qualified: "barred as dispatched"
he.ping, clerk, tries to propose huang.tao for the roster, broker
  refused under S0-16 as not-qualified: "barred as broker"
he.ping, clerk, tries to propose huang.tao for the roster, subsidiary
  refused under S0-16 as not-qualified: "barred as subsidiary"

# Under a labour contract he can be, and it takes two clerks.
he.ping, clerk, proposes huang.tao for the roster, contract
he.ping, clerk, tries to confirm the entry of huang.tao
  refused as same-person: "he.ping acted as clerk"
ma.jun, clerk, confirms the entry of huang.tao

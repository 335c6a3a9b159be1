"""What is said and noted in every contact, whatever it is about?

Sentences of this kind tell of no need. They are learnt as a kind of their own, so that a need is
found in the sentence that says it and not drowned by those around it.
"""

from __future__ import annotations

from typing import Final

SAID: Final = """
Customer called in.|Cust rang in today.|Client phoned this morning.|Caller on the line.
Inbound call from customer.|Call from existing customer.|Customer phoned about their account.
Cust called re acct.|Customer rang about the account.|Customer came into the branch.
Customer wrote in by e-mail.|Customer on chat.|Incoming call, existing client.
Passed security.|Security passed.|ID and V done.|ID&V completed.|DPA passed.|DPA ok.
Verified identity.|Identity confirmed.|Customer verified.|Confirmed name and date of birth.
Confirmed address and postcode.|Security questions answered.|Fully verified.|Data protection done.
Customer says the following.|Customer asked the following.|Customer stated.|Customer reports.
Client wants to know.|Query as follows.|Reason for call.|Customer's words.|They said.|They asked.
Told the customer I would look into it.|Advised will look into this.|Advised customer accordingly.
Adv will call back.|Will call back tomorrow.|Callback arranged.|Call back agreed for Monday.
Promised to ring back this afternoon.|Customer will ring back.|Customer to call again if needed.
Explained the process to the customer.|Talked it through with the customer.|Customer understood.
Customer happy with that.|Customer satisfied with outcome.|Customer was polite.|Customer upset.
Customer was frustrated.|Customer was in a hurry.|Customer had to go.|Sounded worried.
No further action.|No further action needed.|NFA.|Nothing else required.|Nothing further.
No other queries.|No other questions today.|Case closed.|Call ended.|Call closed.|Closed the case.
Noted on the account.|Account notes updated.|Updated notes.|See earlier notes.|See previous contact.
Notes added to file.|Logged for reference.|Reference given.|Gave reference number.
Passed to the team.|Passed to the relevant team.|Referred to back office.|Escalated to supervisor.
Transferred the call.|Put through to a colleague.|Put on hold for two minutes.|Held while I checked.
Thanked for calling.|Thanked customer for their patience.|Offered further help.|Offered a survey.
Wished a good day.|Line was bad.|Line dropped, called again.|Bad line so kept it short.
Spoke to account holder.|Spoke to the customer directly.|Spoke with Mrs Smith.|Spoke to Mr Jones.
Long standing customer.|Customer for many years.|Third call this week.|First contact about this.
Called twice already.|Has called before.|Second contact on this matter.|Follow up required.
Will monitor.|To be reviewed next week.|Awaiting reply.|Took four minutes.|Call took ten minutes.
Hi.|Hello.|Hi there.|Hello there.|Good morning.|Good afternoon.|Good evening.|Dear team.|Dear sir.
Dear Sir or Madam.|Hi team.|Hello support.|Hey.|I hope you are well.|Hope you are doing well.
Hope this finds you well.|I hope you can help.|Hoping you can help me.|Can you help me please?
I have a question.|Quick question.|Just a quick one.|I need some help.|I wonder if you can help.
I am writing to you today.|I am getting in touch about my account.|Sorry to bother you.
Thanks.|Thank you.|Many thanks.|Thanks a lot.|Thank you very much.|Thanks in advance.|Cheers.
Thank you for your help.|Thanks for your time.|Kind regards.|Best regards.|Regards.|Best wishes.
Yours sincerely.|Yours faithfully.|All the best.|Best.|Sent from my phone.|Sent from my iPhone.
Looking forward to hearing from you.|Please let me know.|Please advise.|Let me know, thanks.
Please get back to me soon.|Please reply as soon as possible.|Have a nice day.|Have a good one.
Bye.|Goodbye.|Bye for now.|Talk soon.|Ok.|Okay.|Yes please.|No thanks.|That's all.|That is all.
Sure.|Right.|I see.|Fine.|Perfect.|Great, thank you.|That would be great.|One moment please.
How can I help you today?|How may I help you?|Is there anything else I can help with?
Anything else today?|Thank you for calling.|You're through to Sam.|My name is Sam.
Can I take your name please?|Can I have your date of birth?|Let me check that for you.
Bear with me a moment.|I will just put you on hold.|Thank you for holding.|No problem at all.
You're welcome.|It was nice talking to you.|The weather is nice today.|It has been a busy day.
"""


def chatter() -> tuple[str, ...]:
    """The sentences, each once, in the order in which they stand."""
    found = (part.strip() for line in SAID.strip().splitlines() for part in line.split("|"))
    return tuple(dict.fromkeys(part for part in found if part))

#include "gateway/store/schema.h"

#include <array>

#include "connectors/tickets/builtin.h"

namespace usher::gateway::store {
namespace {

constexpr std::string_view kFirst = R"sql(
CREATE TABLE instance (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Every wire message that came in has one row here, and its fate.
-- fate: accepted (to be worked) | answered | appended | noted (kept, nothing to do) | conflict (same key, other content: kept, flagged)
-- A row that changes is written again as a whole: what is large and never changes (a mail as it came, an outbox payload) has a
-- table of its own beside it. WITHOUT ROWID is for rows below 1 KB: in such a table SQLite copies a longer row whole to compare its key.
CREATE TABLE ledger (
  id TEXT PRIMARY KEY, channel TEXT NOT NULL, dedup_key TEXT NOT NULL, digest TEXT NOT NULL, received_at BIGINT NOT NULL,
  kind TEXT NOT NULL, conversation_id TEXT, seq BIGINT, fate TEXT NOT NULL, reason TEXT, trace TEXT
);
CREATE TABLE ledger_raw (id TEXT PRIMARY KEY, raw BLOB NOT NULL);
CREATE UNIQUE INDEX ledger_dedup ON ledger (dedup_key, channel);
CREATE INDEX ledger_to_work ON ledger (conversation_id, seq) WHERE fate = 'accepted';

CREATE TABLE contacts (
  id TEXT PRIMARY KEY, channel TEXT NOT NULL, address TEXT NOT NULL, name TEXT NOT NULL, created_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX contacts_address ON contacts (address, channel);

-- version guards state: a turn commits only on the version it began with. last_seq numbers the transcript; waiting counts
-- the messages no turn has worked yet.
CREATE TABLE conversations (
  id TEXT PRIMARY KEY, channel TEXT NOT NULL, contact_id TEXT NOT NULL, contact_address TEXT NOT NULL, contact_name TEXT NOT NULL,
  language TEXT NOT NULL, status TEXT NOT NULL, dialog TEXT NOT NULL, state TEXT NOT NULL, version BIGINT NOT NULL,
  last_seq BIGINT NOT NULL, waiting BIGINT NOT NULL, may_answer BIGINT NOT NULL, subject TEXT NOT NULL, reply_context TEXT NOT NULL,
  case_id TEXT, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL
);

-- Keys under which a later message finds its conversation: a session, a Message-ID. References and ticket numbers are the cases' own.
CREATE TABLE thread_keys (key TEXT PRIMARY KEY, conversation_id TEXT NOT NULL) WITHOUT ROWID;

-- The transcript. author: customer | bot | staff | robot. extra: JSON (choices, slot, article, subject …).
CREATE TABLE messages (
  conversation_id TEXT NOT NULL, seq BIGINT NOT NULL, id TEXT NOT NULL, author TEXT NOT NULL, text TEXT NOT NULL, html TEXT,
  extra TEXT, at BIGINT NOT NULL, PRIMARY KEY (conversation_id, seq)
);

CREATE TABLE attachments (
  id TEXT PRIMARY KEY, conversation_id TEXT NOT NULL, seq BIGINT NOT NULL, file_name TEXT NOT NULL, content_type TEXT NOT NULL,
  sha256 TEXT NOT NULL, is_inline BIGINT NOT NULL, content BLOB NOT NULL
);
CREATE INDEX attachments_message ON attachments (conversation_id, seq);

-- state: opening | linked | failed (create is a dead letter). told: '' | provisional | number: what the customer has heard.
CREATE TABLE cases (
  id TEXT PRIMARY KEY, conversation_id TEXT NOT NULL UNIQUE, reference TEXT NOT NULL UNIQUE, state TEXT NOT NULL, told TEXT NOT NULL,
  ticket_system TEXT NOT NULL, ticket_id TEXT, ticket_number TEXT, ticket_url TEXT, subject TEXT NOT NULL, customer TEXT NOT NULL,
  channel TEXT NOT NULL, priority TEXT NOT NULL, fault_class TEXT NOT NULL, preface TEXT NOT NULL, next_append BIGINT NOT NULL,
  created_at BIGINT NOT NULL, linked_at BIGINT
);
CREATE INDEX cases_untold ON cases (created_at) WHERE told = '';
CREATE INDEX cases_number ON cases (ticket_number) WHERE ticket_number IS NOT NULL;

-- Everything a ticket system is asked for and everything pushed to a customer. kind: create | append | message.
-- state: pending -> leased(node, epoch, until) -> sent | unknown | dead. Rows of one lane go out in order of id.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, lane TEXT NOT NULL, conversation_id TEXT NOT NULL, case_id TEXT,
  state TEXT NOT NULL, epoch BIGINT NOT NULL, lease_until BIGINT NOT NULL, attempts BIGINT NOT NULL,
  refusals BIGINT NOT NULL, doubt BIGINT NOT NULL, next_at BIGINT NOT NULL, reason TEXT, last_response TEXT, remote_id TEXT, created_at BIGINT NOT NULL,
  done_at BIGINT
);
CREATE TABLE outbox_payloads (id TEXT PRIMARY KEY, payload TEXT NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX outbox_one_create ON outbox (case_id) WHERE kind = 'create';
CREATE INDEX outbox_due ON outbox (next_at, id) WHERE state IN ('pending', 'unknown', 'leased');
CREATE INDEX outbox_lane ON outbox (lane, id) WHERE state IN ('pending', 'unknown', 'leased', 'dead');

CREATE TABLE users (
  name TEXT PRIMARY KEY, password TEXT NOT NULL, role TEXT NOT NULL, disabled BIGINT NOT NULL, created_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY, user_name TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE audit (
  id TEXT PRIMARY KEY, at BIGINT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL
) WITHOUT ROWID;
)sql";

constexpr std::string_view kDialogs = R"sql(
-- Published states of the scripts (store/editions.h). sources: JSON object, file name → text.
CREATE TABLE editions (hash TEXT PRIMARY KEY, sources TEXT NOT NULL, created_at BIGINT NOT NULL) WITHOUT ROWID;
CREATE TABLE edition_scripts (script_hash TEXT PRIMARY KEY, edition TEXT NOT NULL, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE edition_log (
  number BIGINT PRIMARY KEY, edition TEXT NOT NULL, at BIGINT NOT NULL, who TEXT NOT NULL, note TEXT NOT NULL, action TEXT NOT NULL
);

-- What troubleshoot blocks have learned (store/learning.h). line: '' = all product lines together. counts: JSON.
CREATE TABLE troubleshooting (block TEXT NOT NULL, line TEXT NOT NULL, counts TEXT NOT NULL, PRIMARY KEY (block, line)) WITHOUT ROWID;

-- Outcomes of blocks a person has to look into: counted when the cause is told, or without one after a while. history: JSON.
CREATE TABLE outcomes (
  conversation_id TEXT NOT NULL, block TEXT NOT NULL, line TEXT NOT NULL, history TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, block)
) WITHOUT ROWID;
CREATE INDEX outcomes_at ON outcomes (at);

-- When a silent customer is to be reminded (store/timers.h), in milliseconds since 1970.
CREATE TABLE timers (conversation_id TEXT PRIMARY KEY, due_at BIGINT NOT NULL) WITHOUT ROWID;
CREATE INDEX timers_due ON timers (due_at);

-- Satisfaction, one answer per conversation: the last counts.
CREATE TABLE ratings (conversation_id TEXT PRIMARY KEY, score BIGINT NOT NULL, at BIGINT NOT NULL) WITHOUT ROWID;
)sql";

constexpr std::string_view kLibrary = R"sql(
-- What is served of each article in each language (store/library.h). revision: the one served; newest: highest number used;
-- waiting: revision that waits for a review, 0 none. source: file form. products, tags: one a line. product_keys: folded, for LIKE.
CREATE TABLE articles (
  id TEXT NOT NULL, language TEXT NOT NULL, revision BIGINT NOT NULL, newest BIGINT NOT NULL, waiting BIGINT NOT NULL,
  state TEXT NOT NULL, audience TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL, products TEXT NOT NULL, tags TEXT NOT NULL,
  product_keys TEXT NOT NULL, author TEXT NOT NULL, reviewer TEXT NOT NULL, review_by TEXT NOT NULL, updated_at BIGINT NOT NULL,
  PRIMARY KEY (id, language)
);
CREATE INDEX articles_review ON articles (review_by) WHERE review_by <> '';

-- Never changed but for reviewer, verdict (live | waiting | accepted | refused | replaced) and its reason.
CREATE TABLE article_revisions (
  id TEXT NOT NULL, language TEXT NOT NULL, revision BIGINT NOT NULL, source TEXT NOT NULL, state TEXT NOT NULL, author TEXT NOT NULL,
  reviewer TEXT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL, verdict TEXT NOT NULL, verdict_reason TEXT NOT NULL,
  PRIMARY KEY (id, language, revision)
);

-- Pictures and files articles show, by their content.
CREATE TABLE article_files (
  sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, content_type TEXT NOT NULL, bytes BIGINT NOT NULL, author TEXT NOT NULL, at BIGINT NOT NULL,
  content BLOB NOT NULL
);

-- Which file held which revision when folder and store were last in step.
CREATE TABLE article_sync (
  id TEXT NOT NULL, language TEXT NOT NULL, file_name TEXT NOT NULL, revision BIGINT NOT NULL, sha256 TEXT NOT NULL,
  PRIMARY KEY (id, language)
) WITHOUT ROWID;
)sql";

constexpr std::string_view kFeedback = R"sql(
-- What became of articles, per day (days since 1970) and place ('help': the public pages; 'dialog/step': conversations), and their
-- sums; helped and failed halve every 90 days, as of `day` (store/feedback.h).
CREATE TABLE article_feedback (
  article TEXT NOT NULL, language TEXT NOT NULL, place TEXT NOT NULL, day BIGINT NOT NULL, shown BIGINT NOT NULL,
  opened BIGINT NOT NULL, solved BIGINT NOT NULL, not_solved BIGINT NOT NULL, PRIMARY KEY (article, language, place, day)
) WITHOUT ROWID;
CREATE TABLE article_usage (
  article TEXT NOT NULL, language TEXT NOT NULL, shown BIGINT NOT NULL, opened BIGINT NOT NULL, solved BIGINT NOT NULL,
  not_solved BIGINT NOT NULL, helped DOUBLE PRECISION NOT NULL, failed DOUBLE PRECISION NOT NULL, day BIGINT NOT NULL,
  PRIMARY KEY (article, language)
) WITHOUT ROWID;

-- Who counted already: a hash under the day's salt. Both are forgotten after a day.
CREATE TABLE feedback_salts (day BIGINT PRIMARY KEY, salt TEXT NOT NULL);
CREATE TABLE feedback_seen (day BIGINT NOT NULL, visitor TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (day, visitor)) WITHOUT ROWID;

-- outcome: nothing | found | shown | solved | not_solved | gave_up. text is masked. visitor: as in feedback_seen.
CREATE TABLE searches (
  id TEXT PRIMARY KEY, at BIGINT NOT NULL, place TEXT NOT NULL, conversation_id TEXT, visitor TEXT, language TEXT NOT NULL,
  product TEXT NOT NULL, text TEXT NOT NULL, article TEXT NOT NULL, confidence DOUBLE PRECISION NOT NULL, outcome TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX searches_at ON searches (at);
CREATE INDEX searches_conversation ON searches (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX searches_visitor ON searches (visitor) WHERE visitor IS NOT NULL;

-- What staff decided about a gap (kb/gaps.h makes the ids). state: open | assigned | closed.
CREATE TABLE gaps (
  id TEXT PRIMARY KEY, state TEXT NOT NULL, article TEXT NOT NULL, note TEXT NOT NULL, who TEXT NOT NULL, at BIGINT NOT NULL
) WITHOUT ROWID;
)sql";

constexpr std::string_view kMail = R"sql(
-- The envelope of a mail (JSON): with the raw mail all that is needed to decide about it again.
ALTER TABLE ledger ADD COLUMN envelope TEXT;

-- Mails held for staff (store/quarantine.h). state: held | released | deleted. named: the conversation such a mail names.
CREATE TABLE quarantine (
  ledger_id TEXT PRIMARY KEY, cause TEXT NOT NULL, evidence TEXT NOT NULL, named TEXT, state TEXT NOT NULL, settled_by TEXT,
  settled_at BIGINT
) WITHOUT ROWID;
CREATE INDEX quarantine_state ON quarantine (state, ledger_id);

-- Whom staff let take part in a conversation beside its customer.
CREATE TABLE participants (
  conversation_id TEXT NOT NULL, address TEXT NOT NULL, added_by TEXT NOT NULL, added_at BIGINT NOT NULL,
  PRIMARY KEY (conversation_id, address)
) WITHOUT ROWID;
)sql";

constexpr std::string_view kMailboxes = R"sql(
-- Mailboxes that mail is fetched from (store/mailboxes.h). mailbox: user@host/folder. validity, from_uid, since: see
-- connectors/email/imap_session.h. token: the newest OAuth refresh token; seed: hash of the configured one it came from.
CREATE TABLE mailboxes (
  mailbox TEXT PRIMARY KEY, validity BIGINT NOT NULL, from_uid BIGINT NOT NULL, since TEXT NOT NULL, seen_at BIGINT NOT NULL,
  token TEXT, seed TEXT
) WITHOUT ROWID;
-- state: taken (its ledger row is written) | filed (and the server knows) | trying | skipped.
CREATE TABLE mailbox_mails (
  mailbox TEXT NOT NULL, validity BIGINT NOT NULL, uid BIGINT NOT NULL, state TEXT NOT NULL, ledger_id TEXT, tries BIGINT NOT NULL,
  cause TEXT, at BIGINT NOT NULL, PRIMARY KEY (mailbox, validity, uid)
) WITHOUT ROWID;
)sql";

constexpr std::string_view kMailLimits = R"sql(
-- How much automatic mail went where (store/mail_limits.h), kept for a day. answered: the mail of theirs it was about; topic: ''
-- once a person has answered; n: mails.
CREATE TABLE mail_answers (
  address TEXT NOT NULL, answered TEXT NOT NULL, at BIGINT NOT NULL, topic TEXT NOT NULL, n BIGINT NOT NULL,
  PRIMARY KEY (address, answered)
) WITHOUT ROWID;
CREATE TABLE mail_hours (hour BIGINT PRIMARY KEY, n BIGINT NOT NULL);

-- Addresses mail came back from for good. told: staff have heard.
CREATE TABLE failed_addresses (
  address TEXT PRIMARY KEY, at BIGINT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL, delivery TEXT NOT NULL,
  conversation_id TEXT NOT NULL, told BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX failed_addresses_untold ON failed_addresses (at) WHERE told = 0;

-- The recipient's domain of a mail: one slow server does not hold up the others.
ALTER TABLE outbox ADD COLUMN domain TEXT;
)sql";

constexpr std::string_view kQueues = R"sql(
-- Rows wait in queues (store/outbox.h): the next one of each is found without looking at those of the others. domain: '' beside mail.
UPDATE outbox SET domain = '' WHERE domain IS NULL;
DROP INDEX outbox_due;
CREATE INDEX outbox_queue ON outbox (target, domain, next_at, id) WHERE state IN ('pending', 'unknown', 'leased');
)sql";

constexpr std::array kMigrations = {
    sql::Migration{1, "first light", kFirst},
    sql::Migration{2, "built-in ticket list", connectors::tickets::kBuiltinSchema},
    sql::Migration{3, "editions of scripts and what they learn", kDialogs},
    sql::Migration{4, "articles of the knowledge base", kLibrary},
    sql::Migration{5, "feedback on articles and searches", kFeedback},
    sql::Migration{6, "mail held for staff", kMail},
    sql::Migration{7, "mailboxes that mail is fetched from", kMailboxes},
    sql::Migration{8, "limits of automatic mail", kMailLimits},
    sql::Migration{9, "queues of the outbox", kQueues},
};

}  // namespace

std::span<const sql::Migration> migrations() {
  return kMigrations;
}

}  // namespace usher::gateway::store

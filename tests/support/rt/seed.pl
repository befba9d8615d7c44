# What the tests need in a fresh Request Tracker: rt-setup-database-5 --action insert --datafile seed.pl
# Queue Support, the custom fields Usher fills, the user "usher" with the rights docs name, an auth token written to $RT_TOKEN_FILE.
# RT's own mails to requestors are switched off: Usher answers the customer, RT must not answer a second time.
use utf8;

our @Queues = (
  { Name => 'Support', Description => 'Cases from Usher', CorrespondAddress => 'support@rt.test', CommentAddress => 'comment@rt.test' },
  { Name => 'NoFields', Description => 'A queue that lacks our custom fields' },
  { Name => 'NoWrite', Description => 'A queue where usher may see ExternalRef but not set it' },
  { Name => 'Closed', Description => 'A queue where usher has no rights' },
);

our @CustomFields = map +{ Name => $_, Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket', Queue => $_ eq 'ExternalRef' ? ['Support', 'NoWrite'] : ['Support'] },
  qw(ExternalRef Channel ProductModel SerialNumber Symptom FaultClass CasePriority Language);

our @Users = (
  { Name => 'usher', EmailAddress => 'usher@rt.test', Privileged => 1, Password => 'usher-pass-1' },
  { Name => 'agent', EmailAddress => 'agent@rt.test', Privileged => 1, Password => 'agent-pass-1' },
);

my @rights = qw(SeeQueue ShowTicket ShowTicketComments CreateTicket CommentOnTicket ReplyToTicket ModifyTicket
  SeeCustomField ModifyCustomField SetInitialCustomField);
our @ACL = (
  (map { my $q = $_; map +{ UserId => 'usher', Right => $_, Queue => $q }, @rights } qw(Support NoFields)),
  (map +{ UserId => 'usher', Right => $_, Queue => 'NoWrite' }, qw(SeeQueue ShowTicket CreateTicket SeeCustomField)),
  (map +{ UserId => 'agent', Right => $_, Queue => 'Support' }, @rights, qw(OwnTicket TakeTicket)),
);

our @Final = (
  sub {
    my $scrips = RT::Scrips->new(RT->SystemUser);
    $scrips->UnLimit;
    while (my $scrip = $scrips->Next) {
      $scrip->SetDisabled(1) if ($scrip->Description || '') =~ /Requestor/i;
    }
  },
  sub {
    my $user = RT::User->new(RT->SystemUser);
    $user->Load('usher');
    my $token = RT::AuthToken->new(RT->SystemUser);
    my ($id, $message, $auth) = $token->Create(Owner => $user->Id, Description => 'usher');
    die "no token: $message" unless $id;
    open my $file, '>', $ENV{RT_TOKEN_FILE} or die "cannot write $ENV{RT_TOKEN_FILE}: $!";
    print {$file} $auth;
    close $file;
  },
);

1;

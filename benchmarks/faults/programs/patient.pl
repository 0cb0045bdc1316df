# A service that is well until its fault begins: it answers HTTP on a port of 127.0.0.1, works a little, keeps a state and prints what it does.
#   perl patient.pl KIND NAME FOLDER SEED SCALE [key=value...]
# Times are given as they would be at full length; SCALE of 20 makes a second of them 50 ms. The fault begins once FOLDER/NAME.fault is
# there, and it is the real thing: what ends the program is the kernel, perl, a limit or a deadline. What it does is in Faults.pm.
use strict; use warnings;
use IO::Socket::INET; use IO::Select; use Fcntl qw(:flock); use POSIX qw(:sys_wait_h);
BEGIN { my $home = $0; $home =~ s{[^/]*$}{}; unshift @INC, $home || "." } use Faults;

my ($kind, $name, $folder, $seed, $scale, @pairs) = @ARGV;
my %with = map { split /=/, $_, 2 } @pairs;
# What perl makes of errno would name the fault better than most programs do.
END { $? = $with{code} if $? && $with{code} }
die "bad configuration: MODE is '$ENV{MODE}', and must be good\n" if ($ENV{MODE} // "good") ne "good";
$| = 1; $SIG{PIPE} = "IGNORE"; srand($seed);
my $me = Faults->new($kind, $name, $folder, $scale, \%with);
$SIG{TERM} = sub { $me->leave; print "$name stops\n"; POSIX::_exit(0) };
my $listen = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $with{port}, Listen => 64, ReuseAddr => 1)
    or die "cannot listen on port $with{port}: $!\n";
$me->{listen} = $listen;
my $select = IO::Select->new($listen);
my @state = map { "s" x 65536 } 1 .. $with{base} * 16;
my ($period, $swing) = (120 + rand 360, 0.2 + rand 0.6);
my ($requests, $tick, @scratch, @files) = (0, 0);
my $each = 0.1;
my $next = Faults::now();
print "$name listens on port $with{port}\n";

sub answer {
    my ($client) = @_;
    my $began = Faults::now();
    my $line = ""; my $ready = IO::Select->new($client);
    $line = <$client> // "" if $ready->can_read(0.2);
    $me->serve;
    syswrite $client, "HTTP/1.0 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";
    shutdown $client, 1; close $client; $requests++;
    my $took = int(1000 * (Faults::now() - $began));
    printf "request %d from 10.0.0.%d took %d ms, status 200\n", $requests, 1 + int rand 9, $took if $requests % 3 == 0;
}

while (1) {
    $next += $each;
    while ((my $wait = $next - Faults::now()) > 0) {
        for my $ready ($select->can_read($wait)) { my $client = $listen->accept or next; answer($client) }
    }
    # After a stall it does not make up for all that it missed.
    $next = Faults::now() if $next < Faults::now() - 1;
    my $at = Faults::now() * $scale;
    # The usual work: some arithmetic with a daily course, and a part of the state written anew.
    my $x = 0; $x += $_ * $_ for 1 .. $with{work} * (1 + $swing * sin(6.283 * $at / $period)) * (0.7 + rand 0.6);
    $state[rand @state] = "s" x 65536 if $tick % 3 == 0;
    if ($tick % 10 == 0) { open(my $f, ">", "$folder/$name.state") or die "cannot write its state: $!\n"; print $f "z" x (2000 + rand 6000); close $f or die "cannot write its state: $!\n" }
    # What it needs for a while comes and goes: some memory, some files, and with some a short child.
    if ($tick % 5 == 0) {
        if (rand() < 0.5 && @scratch < $with{scratch}) { push @scratch, "t" x 131072 } else { shift @scratch }
        if (rand() < 0.5 && @files < 6) { my $f; push @files, $f if open($f, "<", "/proc/self/stat") } else { shift @files }
    }
    if ($with{forks} && rand() < 0.01) { my $pid = fork; if (defined $pid && !$pid) { close $listen; exec "true" or POSIX::_exit(1) } }
    printf "%s worked through %d records\n", $name, 50 + rand 100 if rand() < 0.05;
    $me->step($each);
    $tick++;
    1 while $me->{reaps} && waitpid(-1, WNOHANG) > 0;
}

# Stands between an agent that goes on from an image and its keeper: makes it from the image, and ends as it does. The keeper is a shell,
# and a shell waits for those alone that it has forked itself.
#
#   perl run INCARNATION AGENT FOLDER
#
# FOLDER holds the image and the file plan: the words of the command that makes the process, a NUL between them, which writes the process's
# number into the file pid. The descriptors 4, 7 and 8 are the keeper's, as in keeper.sh.
use strict;
use warnings;

my ($incarnation, $agent, $folder) = @ARGV;
open my $events, '>&=', 4 or die "the events: $!\n";
open my $state, '>&=', 7 or die "the state: $!\n";
open my $starting, '>&=', 8 or die "the start: $!\n";

# Each line is one write(2), as in the keeper.
sub tell_daemon {
    my ($line) = @_;
    syswrite $state, "$line\n";
    syswrite $events, "$agent $line\n";
}

# The next start runs the agent's command, whatever comes of this one.
unlink "$folder/begin" or die "$folder/begin: $!\n";
open my $plan, '<', "$folder/plan" or die "$folder/plan: $!\n";
my @command = split /\0/, do { local $/; <$plan> };
close $plan;

my $status = system { $command[0] } @command;
my $pid = 0;
if ($status == 0 && open my $file, '<', "$folder/pid") {
    $pid = <$file> // 0;
    chomp $pid;
    close $file;
}
opendir my $entries, $folder or die "$folder: $!\n";
unlink map { "$folder/$_" } grep { !/^\.\.?$/ } readdir $entries;
closedir $entries;
rmdir $folder or warn "$folder cannot be removed: $!\n";
if ($status != 0 || $pid !~ /^[1-9][0-9]*$/) {
    tell_daemon("fail $incarnation " . ($status > 255 ? $status >> 8 : 1) . " go on from its image");
    exit 1;
}

# What the agent sends to its process group is not for this one.
my @ignored = qw(HUP INT QUIT USR1 USR2 PIPE ALRM TERM TSTP TTIN TTOU XCPU XFSZ VTALRM PROF);
$SIG{$_} = 'IGNORE' for @ignored;
tell_daemon("run $incarnation $pid");
close $starting;

my $ended;
do { $ended = waitpid -1, 0 } until $ended == $pid || $ended < 0;
if ($ended < 0) {
    print STDERR "the process $pid is no child of this one, so nobody learns how it ends\n";
    exit 1;
}
my ($signal, $code) = ($? & 127, $? >> 8);
if ($signal) {
    $SIG{$_} = 'DEFAULT' for @ignored;
    kill $signal, $$;
    sleep 1;
    $code = 128 + $signal;
}
exit $code;

# Sweeps as jobs: GNU parallel here and through ssh, and a Slurm of this machine, give what copies of the process give.
# What is not installed is skipped; `make test-sweep` installs it. ssh and Slurm get daemons of their own here, as root.
warpcore=${WARPCORE:-build/warpcore}
dir=$(mktemp -d)
chmod 755 "$dir"
daemons=
failed=0

finish() {
	for file in $daemons; do
		[ -s "$dir/$file" ] && kill "$(cat "$dir/$file")" 2>/dev/null
	done
	sleep 0.5
	rm -rf "$dir"
	exit $failed
}
trap finish EXIT

result() { # name, condition's status
	if [ "$2" = 0 ]; then echo "ok - $1"; else
		echo "not ok - $1"
		tail -n 20 "$dir/out" "$dir/err" 2>/dev/null | sed 's/^/  # /'
		failed=1
	fi
}

have() { # programs: all of them
	for program; do command -v "$program" >/dev/null || return 1; done
}

run() { # arguments: the program's output in out and err
	timeout 120 "$warpcore" "$@" >"$dir/out" 2>"$dir/err" </dev/null
}

cat >"$dir/sweep.lua" <<'LUA'
local first = warpcore.sweep{ vary = { a = { 1, 2 } }, run = function(p) return p.a * 10 end }
local m = warpcore.machine{ board = "dts/ppce500.dts", cores = 1, memory = "64M" }
m.cores[0]:map{ ea = 0, pa = 0, size = "16M" }
m.cores[0]:assemble(0x1000, "again: addi r3,r3,1; b again")
m.cores[0]:release(0x1000)
warpcore.sweep{
	vary = { { "n", { 1, 2, 3, 4 } }, { "s", { "it's", "two words" } } }, out = { arg[1] .. ".csv", arg[1] .. ".json" },
	run = function(p)
		if p.n == 2 then error "it broke" end
		if p.n == 3 then os.execute "kill -9 $PPID" end
		m:run{ ["for"] = p.n * 1000 }
		return { now = m.now, r3 = m.cores[0].r[3], s = p.s, digest = m:digest(), first = first[2].results.result }
	end,
}
LUA
cat >"$dir/resume.lua" <<'LUA'
warpcore.sweep{ vary = { n = { 1, 2 } }, out = arg[1], run = function(p) return { fresh = p.n } end }
LUA
cat >"$dir/bad.lua" <<'LUA'
local rows = warpcore.sweep{ vary = { n = { 1 } }, out = arg[1], run = print }
print(rows[1].ok, rows[1].error)
LUA

run "$dir/sweep.lua" "$dir/local"
result "the sweep in copies of the process" $?
grep -q "it broke" "$dir/local.csv" && grep -q "killed by signal 9" "$dir/local.csv" && grep -q "two words" "$dir/local.csv"
result "its points: results, an error, a killed process" $?

check() { # name system: the same files, and nothing left behind
	run --on "$2" "$dir/sweep.lua" "$dir/remote" && cmp "$dir/local.csv" "$dir/remote.csv" >>"$dir/err" 2>&1 \
		&& cmp "$dir/local.json" "$dir/remote.json" >>"$dir/err" 2>&1
	result "$1: the same files as in copies of the process" $?
	! ls -d "$dir"/remote.csv.?* >/dev/null 2>&1
	result "$1: nothing is left behind" $?
	rm -f "$dir/remote.csv" "$dir/remote.json"
	printf '%s\n' 'warpcore-sweep 1 {[1]={["index"]=1,["n"]=1},[2]={["index"]=2,["n"]=2}}' \
		'2 {["ok"]=true,["results"]={["fresh"]=-1}}' >"$dir/resume.csv.part"
	run --on "$2" "$dir/resume.lua" "$dir/resume.csv" && grep -qx '1,1,' "$dir/resume.csv" && grep -qx '2,-1,' "$dir/resume.csv"
	result "$1: an interrupted sweep goes on where it was" $?
}

run --on cloud "$dir/bad.lua" "$dir/bad.csv"
[ $? = 1 ] && grep -q "bad.lua:1: warpcore.sweep: on is 'local', .* got 'cloud'" "$dir/err"
result "another system is an error with its line" $?

if have parallel; then
	check "GNU parallel" parallel
	sed 's/^/if os.getenv "WARPCORE_SWEEP_POINT" then error "no disk here" end /;q' "$dir/bad.lua" >"$dir/early.lua"
	tail -n 1 "$dir/bad.lua" >>"$dir/early.lua"
	run --on parallel "$dir/early.lua" "$dir/bad.csv" && grep -q "^false.*early.lua:1: no disk here" "$dir/out"
	result "a job that fails before its sweep says why" $?
	sed 's/{ 1 }/{ os.getenv "WARPCORE_SWEEP_POINT" and 2 or 1 }/' "$dir/bad.lua" >"$dir/other.lua"
	run --on parallel "$dir/other.lua" "$dir/bad.csv" && grep -q "^false.*other.lua:1: .*other values here" "$dir/out"
	result "a job whose script has other values says so" $?
	sed 's/^local/if os.getenv "WARPCORE_SWEEP_POINT" then return end local/' "$dir/bad.lua" >"$dir/none.lua"
	run --on parallel "$dir/none.lua" "$dir/bad.csv" && grep -q "^false.*came to its end without this sweep" "$dir/out"
	result "a job that does not come to its sweep says so" $?
else
	echo "ok - GNU parallel # skip it is not installed"
fi

# ---- ssh ----

start_sshd() {
	[ "$(id -u)" = 0 ] && [ -x /usr/sbin/sshd ] && have ssh parallel || return 1
	port=$((20000 + $$ % 10000))
	mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$dir/key" && cp "$dir/key.pub" "$dir/authorized" || return 1
	daemons="$daemons sshd.pid"
	/usr/sbin/sshd -f /dev/null -p $port -h "$dir/key" -o ListenAddress=127.0.0.1 -o PidFile="$dir/sshd.pid" \
		-o AuthorizedKeysFile="$dir/authorized" -o StrictModes=no -o UsePAM=no -o PermitRootLogin=yes -E "$dir/sshd.log"
}

if start_sshd; then
	login="ssh -p $port -i $dir/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR 127.0.0.1"
	check "GNU parallel through ssh" "parallel:$login"
	grep -q "Accepted publickey" "$dir/sshd.log"
	result "the jobs came through ssh" $?
else
	echo "ok - GNU parallel through ssh # skip it takes root, parallel, ssh and sshd"
fi

# ---- Slurm ----

start_slurm() {
	[ "$(id -u)" = 0 ] && have munged slurmctld slurmd sbatch || return 1
	export SLURM_CONF=$dir/slurm.conf
	mkdir "$dir/state" "$dir/spool"
	head -c 1024 /dev/urandom >"$dir/munge.key"
	chmod 600 "$dir/munge.key"
	local node=$(hostname -s) base=$((30000 + $$ % 10000))
	cat >"$dir/slurm.conf" <<-END
		ClusterName=warpcore
		SlurmctldHost=$node(127.0.0.1)
		SlurmctldPort=$base
		SlurmdPort=$((base + 10000))
		AuthType=auth/munge
		AuthInfo=socket=$dir/munge.socket
		SlurmUser=root
		SlurmdUser=root
		StateSaveLocation=$dir/state
		SlurmdSpoolDir=$dir/spool
		SlurmctldPidFile=$dir/slurmctld.pid
		SlurmdPidFile=$dir/slurmd.pid
		SlurmctldLogFile=$dir/slurmctld.log
		SlurmdLogFile=$dir/slurmd.log
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		MpiDefault=none
		ReturnToService=2
		SchedulerParameters=sched_interval=1,batch_sched_delay=0
		NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
		PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP
	END
	daemons="$daemons slurmd.pid slurmctld.pid munge.pid"
	munged --force --socket="$dir/munge.socket" --key-file="$dir/munge.key" --pid-file="$dir/munge.pid" \
		--log-file="$dir/munge.log" --seed-file="$dir/munge.seed" >"$dir/err" 2>&1 || return 1
	slurmctld >>"$dir/err" 2>&1 && slurmd >>"$dir/err" 2>&1 || return 1
	for _ in $(seq 60); do
		sinfo -h -o %t 2>/dev/null | grep -q idle && return 0
		sleep 0.5
	done
	return 1
}

if start_slurm; then
	check "Slurm" slurm
	run --on slurm:nowhere "$dir/bad.lua" "$dir/bad.csv"
	[ $? = 1 ] && grep -q "sbatch: .*nvalid partition" "$dir/err"
	result "a partition that there is not is an error" $?
elif [ "$(id -u)" = 0 ] && have munged slurmctld slurmd sbatch; then
	result "Slurm starts here" 1
else
	echo "ok - Slurm # skip it takes root, slurmctld, slurmd, sbatch and munged"
fi

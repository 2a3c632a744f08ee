# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Three computations, one after another"
# source = 2
#
# [[tool.snippet.guarantees]]
# says = "2 comes before 4, and 4 before 27."
# order = ['^2$', '^4$', '^27$']
#
# [[tool.snippet.guarantees]]
# says = "Each of the three is timed once."
# lines = ' cpu [\d.]+ total$'
# exactly = 3
# stream = "stderr"
#
# [tool.snippet.claims]
# processes = 4
# seconds = { min = 3, max = 16 }
# cpu-seconds = { max = 3 }
# ///
typeset -a computations=(
    '1+1'
    '2*2'
    '3**3'
)
for c in "${(@)computations}"; do
    time python -c "__import__('time').sleep(1); print(${c})"
done

wait
#: output
#> 2
#! python -c "__import__('time').sleep(1); print(${c})"  0.00s user 0.02s system 2% cpu 1.080 total
#> 4
#! python -c "__import__('time').sleep(1); print(${c})"  0.02s user 0.00s system 2% cpu 1.041 total
#> 27
#! python -c "__import__('time').sleep(1); print(${c})"  0.02s user 0.00s system 2% cpu 1.025 total

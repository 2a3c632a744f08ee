# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Three computations, side by side"
# lines = "any-order"
#
# [[tool.snippet.guarantees]]
# says = "The shell waits until the last of the three has ended."
# order = ['started$', '^\d+$', 'ended$']
#
# [[tool.snippet.guarantees]]
# says = "2, 4 and 27."
# any-order = '^\d+$'
#
# [tool.snippet.claims]
# processes = 4
# seconds = { min = 1, max = 16 }
# "speedup over one-at-a-time/three-computations" = { min = 0.2, max = 10 }
# ///
typeset -a computations=(
    '1+1'
    '2*2'
    '3**3'
)
for c in "${(@)computations}"; do
    python -c "__import__('time').sleep(1); print(${c})" &
done
print "all three are started"

wait
print "all three have ended"
#: output
#> all three are started
#> 2
#> 27
#> 4
#> all three have ended

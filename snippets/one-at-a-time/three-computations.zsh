# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.snippet]
# title = "Three computations, one after another"
# source = 2
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
